/* SPDX-License-Identifier: MIT */
/* The program behind test_ways.py: what users do in gdb beyond breakpoints and steps, by the subjects of gdb's own test
 * suite. All code is in flash. main() goes round for ever; each round does everything once. */
#include <stdint.h>
#include <stdlib.h>

#define KEPT __attribute__((noinline, used))

/* --- calls, return, finish --- */

struct small {
    int8_t a, b;
};
struct large {
    int word[6];
};
struct bits {
    unsigned low : 3, middle : 7, high : 22;
};

volatile int rounds, sink, work_calls;
struct small tiny = {-1, 2};
struct large wide = {{1, 2, 3, 4, 5, 6}};
struct bits fields = {5, 100, 0x12345};
char text[16] = "flash";
void *volatile heap;

KEPT int sum(int a, int b)
{
    return a + b; /* mark: sum */
}

KEPT int32_t eight(int a, int b, int c, int d, int e, int f, int g, int h)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}

KEPT long long twice_long(long long value)
{
    return 2 * value;
}

KEPT double half(double value)
{
    return value / 2;
}

KEPT float third(float value)
{
    return value / 3;
}

KEPT unsigned length(const char *string)
{
    unsigned count = 0;

    while (string[count])
        count++;
    return count;
}

KEPT struct small swap(struct small pair)
{
    struct small other = {pair.b, pair.a};

    return other; /* mark: swap */
}

KEPT struct large scale(struct large array, int factor)
{
    for (int &word : array.word)
        word *= factor;
    return array; /* mark: scale */
}

KEPT int chosen(int which)
{
    int value = 1; /* mark: chosen */

    value += which;
    return value;
}

/* --- recursion, loops, scope --- */

KEPT int factorial(int n)
{
    int rest = 1;

    if (n > 1)
        rest = factorial(n - 1); /* mark: recursion */
    return n * rest; /* mark: unwound */
}

KEPT int scoped(int limit)
{
    int local = 0; /* mark: scope begins */

    for (int i = 0; i < limit; i++) {
        local += i; /* mark: loop body */
    } /* mark: loop end */
    return local; /* mark: after loop */
}

/* The hot line of a loop: gdb looks at each round and goes on by itself. */
KEPT void work(int n)
{
    work_calls += n; /* mark: work */
}

volatile bool endless;

KEPT void spin(void)
{
    while (endless) work(1); /* mark: endless */
    sink++; /* mark: not endless */
}

/* --- C++ --- */

namespace shapes {

class Shape {
public:
    explicit Shape(int size) : size_(size) {}
    virtual int area() const { return 0; }
    int doubled() const { return 2 * area(); } /* mark: doubled */

protected:
    int size_;
};

class Square : public Shape {
public:
    explicit Square(int size) : Shape(size) { made++; } /* mark: constructor */
    int area() const override { return size_ * size_; } /* mark: square */
    Square operator+(const Square &other) const { return Square(size_ + other.size_); }
    static int made;
};
int Square::made;

class Line : public Shape {
public:
    explicit Line(int size) : Shape(size) {}
    int area() const override { return size_; } /* mark: line */
};

} // namespace shapes

template <typename T> KEPT T larger(T a, T b)
{
    return a > b ? a : b; /* mark: larger */
}

KEPT int overloaded(int value) { return value; }
KEPT int overloaded(int value, int more) { return value + more; }
KEPT int overloaded(const shapes::Shape &shape) { return shape.doubled(); }

/* What a throw calls first, and what gdb's `catch throw` stops at. */
extern "C" KEPT void __cxa_throw(void *, void *, void (*)(void *))
{
    sink++; /* mark: throw */
}

extern "C" KEPT void SysTick_Handler(void)
{
    sink++;
}

/* --- a round --- */

KEPT void objects(void)
{
    shapes::Square square(3);
    shapes::Line line(7);
    shapes::Shape *both[] = {&square, &line};

    for (shapes::Shape *shape : both) sink = overloaded(*shape); /* mark: virtual */
    sink = overloaded(1) + overloaded(2, 3);
    sink = larger(2, 3) + (int)larger('a', 'b');
    sink = (square + square).area();
    __cxa_throw(nullptr, nullptr, nullptr);
}

KEPT void plain(void)
{
    int (*volatile pointer)(int, int) = sum;
    struct small swapped = swap(tiny);   /* mark: plain start */
    struct large scaled = scale(wide, 3);

    sink = swapped.a + scaled.word[5];
    sink = chosen(4); /* mark: choose */
    sink = pointer(1, 2); /* mark: pointer */
    sink = factorial(5);
    sink = scoped(4); /* mark: scope call */
    sink = (int)(half(3.0) + third(3.0f)) + (int)twice_long(4) + (int)length(text) + eight(1, 1, 1, 1, 1, 1, 1, 1);
    rounds++; /* mark: plain end */
}

int main()
{
    heap = malloc(8); /* mark: main */
    for (;;) {
        plain(); /* mark: round */
        objects();
        __asm__ volatile("bkpt 7" ::: "memory"); /* mark: own bkpt */
        spin(); /* mark: go spin */
    }
}
