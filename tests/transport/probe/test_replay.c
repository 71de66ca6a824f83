/* SPDX-License-Identifier: MIT */
/* What is logged can be played back; faults on purpose break the chosen operation. */
#include "dap_bench.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

static void let_run(struct fake_dap *fake, bool runs)
{
    if (fake)
        fake->halted = !runs;
}

/* One session with all kinds of questions; the same text comes out of fake and replay (NULL). */
static void session(struct probe *probe, struct fake_dap *fake, struct job *job, FILE *out)
{
    struct ops ops;
    uint32_t khz = 0, dpidr = 0, word = 0, reg = 0, idr = 0;
    uint8_t block[6] = {0};

    ops_init(&ops, probe);
    fprintf(out, "connect %d ", probe_connect(probe, PROBE_CONNECT_NORMAL, &dpidr));
    fprintf(out, "speed %d ", probe_set_speed(probe, 1800, &khz));
    fprintf(out, "nrst %d ", probe_nrst(probe, PROBE_NRST_RELEASE));
    ops_write32(&ops, FAKE_RAM, 0xCAFEF00D);
    ops_write(&ops, FAKE_RAM + 8, 1, "abcdef", 6);
    ops_read32(&ops, FAKE_RAM, &word);
    ops_read(&ops, FAKE_RAM + 8, 2, block, 3);
    ops_wait32(&ops, FAKE_RAM, 0xFF, 0x0D, 100);
    ops_reg_write(&ops, 4, 0x44);
    ops_reg_read(&ops, 4, &reg);
    ops_barrier(&ops);
    ops_ap_read(&ops, AP_IDR, &idr);
    fprintf(out, "flush %d ", ops_flush(&ops));
    ops_read32(&ops, FAKE_RAM + 4, &word);
    ops_read32(&ops, FAKE_HOLE, &word);
    ops_write32(&ops, FAKE_RAM, 0);
    fprintf(out, "flush %d %s ", ops_flush(&ops), job->text);
    job_clear(job);
    /* What was read before the one that failed is delivered, whatever failed. */
    let_run(fake, true);
    ops_read32(&ops, FAKE_RAM + 8, &word);
    ops_reg_read(&ops, 4, &reg);
    fprintf(out, "flush %d %s %08x ", ops_flush(&ops), job->text, word);
    job_clear(job);
    let_run(fake, false);
    ops_read32(&ops, FAKE_RAM + 12, &word);
    ops_wait32(&ops, FAKE_RAM, 0xFF, 0x0E, 100);
    fprintf(out, "flush %d %s %08x ", ops_flush(&ops), job->text, word);
    job_clear(job);
    fprintf(out, "close %d\n", probe_disconnect(probe));
    fprintf(out, "%08x %u %08x %08x %08x %.6s\n", dpidr, khz, word, reg, idr, (char *)block);
}

static void make_log(const char *path, char **text)
{
    struct fake_dap fake;
    struct job job;
    size_t size;
    FILE *wire = fopen(path, "w");
    FILE *out = open_memstream(text, &size);

    assert_non_null(wire);
    struct probe *probe = fake_dap_open_unconnected(&fake, &job, wire);
    assert_non_null(probe);
    session(probe, &fake, &job, out);
    probe_close(probe);
    fclose(wire);
    fclose(out);
}

static enum err describe(const char *path, struct probe_info *info, struct job *job)
{
    char selector[64];

    snprintf(selector, sizeof selector, "replay:%s", path);
    return probe_describe(selector, 0, info, job);
}

static void a_log_plays_back(void **state)
{
    char path[] = "/tmp/probed-wire-XXXXXX";
    char *first = NULL, *second = NULL;
    size_t size;
    struct job job;
    struct probe_info info;
    struct probe *probe;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    make_log(path, &first);
    job_init(&job, NULL);
    assert_int_equal(describe(path, &info, &job), ERR_OK);
    assert_int_equal(probe_open(&info, &job, NULL, &probe), ERR_OK);
    FILE *out = open_memstream(&second, &size);
    session(probe, NULL, &job, out);
    fclose(out);
    probe_close(probe);
    unlink(path);
    assert_string_equal(first, second);
    assert_non_null(strstr(first, "abcdef"));
    free(first);
    free(second);
}

static void the_record_says_what_the_wire_answered(void **state)
{
    static const struct {
        enum swd_ack ack;
        const char *line;
    } cases[] = {{SWD_OK, "dap ap0 read 0c 00000000 ok\n"},
                 {SWD_WAIT, "dap ap0 read 0c wait\n"},
                 {SWD_FAULT, "dap ap0 read 0c fault\n"},
                 {SWD_NONE, "dap ap0 read 0c none\n"},
                 {SWD_PARITY, "dap ap0 read 0c parity\n"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake_dap fake;
        struct job job;
        struct ops ops;
        uint32_t value;
        size_t size;
        char *text = NULL;
        FILE *wire = open_memstream(&text, &size);
        struct probe *probe = fake_dap_open(&fake, &job, wire);

        assert_non_null(probe);
        ops_init(&ops, probe);
        fake_dap_trouble(&fake, 2, 1, cases[i].ack); /* behind CSW and TAR */
        ops_read32(&ops, FAKE_RAM, &value);
        (void)ops_flush(&ops);
        probe_close(probe);
        fclose(wire);
        assert_non_null(strstr(text, cases[i].line));
        free(text);
    }
}

/* Looks at a word so often, then writes it, perhaps with one more look in that flush; twice over.
 */
static void look_and_act(struct probe *probe, struct job *job, unsigned looks, unsigned recorded,
                         bool once_more)
{
    struct ops ops;
    uint32_t dpidr = 0, value = 0;

    ops_init(&ops, probe);
    assert_int_equal(probe_connect(probe, PROBE_CONNECT_NORMAL, &dpidr), ERR_OK);
    for (uint32_t round = 0; round < 2; round++) {
        for (unsigned i = 0; i < looks; i++) {
            uint64_t before = clock_now_us(probe->clock);

            value = 0xBAD;
            ops_read32(&ops, FAKE_RAM, &value);
            assert_int_equal(ops_flush(&ops), ERR_OK);
            assert_int_equal(value, 7 * round);
            if (i >= recorded && !once_more) /* who waits does not wait for ever */
                assert_true(clock_now_us(probe->clock) > before);
        }
        if (once_more)
            ops_read32(&ops, FAKE_RAM, &value);
        ops_write32(&ops, FAKE_RAM, 7 * (round + 1));
        assert_int_equal(ops_flush(&ops), ERR_OK);
        assert_int_equal(value, 7 * round);
    }
    assert_int_equal(probe_disconnect(probe), ERR_OK);
    assert_int_equal(job->err, ERR_OK);
}

static void how_often_one_looks_does_not_matter(void **state)
{
    static const unsigned looks[] = {1, 2, 5};
    char path[] = "/tmp/probed-wire-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < 18; i++) {
        bool once_more = i >= 9;
        struct fake_dap fake;
        struct job job;
        struct probe_info info;
        struct probe *probe;
        FILE *wire = fopen(path, "w");

        assert_non_null(wire);
        probe = fake_dap_open_unconnected(&fake, &job, wire);
        look_and_act(probe, &job, looks[i / 3 % 3], UINT_MAX, once_more);
        probe_close(probe);
        fclose(wire);
        job_init(&job, NULL);
        assert_int_equal(describe(path, &info, &job), ERR_OK);
        assert_int_equal(probe_open(&info, &job, NULL, &probe), ERR_OK);
        look_and_act(probe, &job, looks[i % 3], looks[i / 3 % 3], once_more);
        probe_close(probe);
    }
    unlink(path);
}

static void another_question_is_an_error(void **state)
{
    char path[] = "/tmp/probed-wire-XXXXXX";
    char *text = NULL;
    struct job job;
    struct probe_info info;
    struct probe *probe;
    struct ops ops;
    uint32_t value;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    make_log(path, &text);
    free(text);
    job_init(&job, NULL);
    assert_int_equal(describe(path, &info, &job), ERR_OK);
    assert_int_equal(probe_open(&info, &job, NULL, &probe), ERR_OK);
    ops_init(&ops, probe);
    ops_read32(&ops, 0x08000000, &value);
    assert_int_equal(ops_flush(&ops), ERR_PROBE_GONE);
    assert_non_null(strstr(job.text, "recorded was \"connect normal\", asked is \"read ap0 4 "
                                     "08000000 1\""));
    probe_close(probe);
    unlink(path);
}

static void overwrite(const char *path, long at, int byte)
{
    FILE *file = fopen(path, "r+");

    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    fputc(byte, file);
    fclose(file);
}

/* Logs come from strangers: whatever one holds, playing it ends, and hurts nobody. */
static void a_garbled_log_does_no_harm(void **state)
{
    static const char bytes[] = {'\0', '\n', ' ', '-', '9', '%', '\xFF'};
    char path[] = "/tmp/probed-wire-XXXXXX";
    char *text = NULL;
    size_t size;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    make_log(path, &text);
    free(text);
    off_t length = lseek(fd, 0, SEEK_END);
    assert_true(length > 100);
    for (off_t at = 0; at < length; at++) { /* what was broken stays broken */
        struct job job;
        struct probe_info info;
        struct probe *probe;
        FILE *out = open_memstream(&text, &size);

        overwrite(path, length - 1 - at, bytes[(size_t)at * 5 % sizeof bytes]);
        job_init(&job, NULL);
        bool titled = length - 1 - at >= (off_t)strlen("# probed wire log 1:");
        assert_int_equal(describe(path, &info, &job), titled ? ERR_OK : ERR_FILE);
        if (titled) {
            assert_int_equal(probe_open(&info, &job, NULL, &probe), ERR_OK);
            session(probe, NULL, &job, out);
            probe_close(probe);
        }
        fclose(out);
        free(text);
    }
    close(fd);
    unlink(path);
}

static void a_missing_log_is_an_error(void **state)
{
    struct job job;
    struct probe_info info;
    struct probe *probe;

    (void)state;
    job_init(&job, NULL);
    assert_int_equal(probe_describe("replay:/nonexistent/log", 0, &info, &job), ERR_FILE);
    assert_string_equal(job.text, "/nonexistent/log cannot be read: No such file or directory");
    job_clear(&job); /* one that went away meanwhile */
    assert_int_equal(probe_open(&info, &job, NULL, &probe), ERR_PROBE);
    assert_null(probe);
    assert_string_equal(job.text, "/nonexistent/log cannot be read: No such file or directory");
}

static void assert_refused(const char *path, const char *why)
{
    struct job job;
    struct probe_info info;
    struct probe *probe;

    job_init(&job, NULL);
    assert_int_equal(describe(path, &info, &job), ERR_FILE);
    assert_non_null(strstr(job.text, why));
    job_clear(&job); /* what has taken its place meanwhile */
    assert_int_equal(probe_open(&info, &job, NULL, &probe), ERR_PROBE);
    assert_non_null(strstr(job.text, why));
}

/* A pipe nobody writes to, a file without an end: it would wait, or eat all memory. */
static void what_is_no_log_is_refused(void **state)
{
    char path[] = "/tmp/probed-wire-XXXXXX", fifo[64];
    int fd = mkstemp(path);

    (void)state;
    assert_refused("/dev/zero", "it is no regular file");
    assert_refused("/tmp", "it is no regular file");
    snprintf(fifo, sizeof fifo, "%s.fifo", path);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_refused(fifo, "it is no regular file");
    assert_refused(path, "it does not begin as a wire log does");
    assert_int_equal(write(fd, "# probed wire log 12: sim, x\n", 29), 29);
    assert_refused(path, "another version");
    unlink(fifo);
    unlink(path);
    close(fd);
}

static void the_chosen_operation_breaks(void **state)
{
    struct bench *b = *state;

    b->plan = (struct fault_plan){.kind = FAULT_TIMEOUT, .at = 3};
    fault_wrap(b->probe, &b->plan);
    for (uint32_t i = 0; i < 5; i++)
        ops_write32(&b->ops, FAKE_RAM + 4 * i, i + 1);
    assert_int_equal(ops_flush(&b->ops), ERR_TIMEOUT);
    assert_int_equal(get_le32(b->fake.ram + 4), 2);
    assert_int_equal(get_le32(b->fake.ram + 8), 0);
    job_clear(&b->job);
    ops_write32(&b->ops, FAKE_RAM + 8, 3);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
}

static void a_probe_that_is_gone_stays_gone(void **state)
{
    struct bench *b = *state;
    enum err err = ERR_OK;

    b->plan = (struct fault_plan){.kind = FAULT_GONE, .seed = 1, .one_in = 10};
    fault_wrap(b->probe, &b->plan);
    for (uint32_t i = 0; i < 1000 && !err; i++) {
        ops_write32(&b->ops, FAKE_RAM, i);
        err = ops_flush(&b->ops);
    }
    assert_int_equal(err, ERR_PROBE_GONE);
    assert_int_equal(probe_connect(b->probe, PROBE_CONNECT_NORMAL, NULL), ERR_PROBE_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_plays_back),
        cmocka_unit_test(the_record_says_what_the_wire_answered),
        cmocka_unit_test(how_often_one_looks_does_not_matter),
        cmocka_unit_test(another_question_is_an_error),
        cmocka_unit_test(a_garbled_log_does_no_harm),
        cmocka_unit_test(a_missing_log_is_an_error),
        cmocka_unit_test(what_is_no_log_is_refused),
        BENCH_TEST(the_chosen_operation_breaks),
        BENCH_TEST(a_probe_that_is_gone_stays_gone),
    };

    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
