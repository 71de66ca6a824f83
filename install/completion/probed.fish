# SPDX-License-Identifier: MIT
# Completion of probed's words in fish: probed itself says what may come.
function __probed_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --cut-at-cursor --current-token)
    for line in ($words[1] complete $words[2..] "$current" 2>/dev/null)
        if test $line = :files
            set -l kept (string match --regex -- '^-[^=]*=' "$current")
            for file in (__fish_complete_path (string replace -- "$kept" '' "$current"))
                echo "$kept$file"
            end
        else
            echo $line
        end
    end
end
complete --command probed --no-files --arguments '(__probed_complete)'
