# SPDX-License-Identifier: MIT
# Completion of probed's words in bash: probed itself says what may come.
_probed() {
    local line=${COMP_LINE:0:COMP_POINT} word help
    local -a words
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    local current=${words[-1]} kept=
    # bash parts words at some of these, and replaces only what is behind the last.
    [[ $current == *[:=]* ]] && kept=${current%"${current##*[:=]}"}
    COMPREPLY=()
    while IFS=$'\t' read -r word help; do
        if [[ $word == :files ]]; then
            compopt -o filenames
            local -a files
            mapfile -t files < <(compgen -f -- "${current#"$kept"}")
            COMPREPLY+=("${files[@]}")
        else
            [[ $word == *[:,=] ]] && compopt -o nospace
            COMPREPLY+=("${word#"$kept"}")
        fi
    done < <("${words[0]/#\~/$HOME}" complete "${words[@]:1}" 2>/dev/null)
}
complete -F _probed probed
