using System.Runtime.CompilerServices;

namespace Prozchain.Testing;

/// <summary>Computes <paramref name="destination"/> from <paramref name="x"/>.</summary>
public delegate void UnaryKernel<T>(ReadOnlySpan<T> x, Span<T> destination);

/// <summary>Computes <paramref name="destination"/> from <paramref name="x"/> and <paramref name="y"/>.</summary>
public delegate void BinaryKernel<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination);

/// <summary>
/// The family of tests that every span kernel gets, against its readable reference: all lengths, in place, on guard
/// pages on either side, a longer destination left alone beyond the result, a short one, mismatched and overlapping
/// inputs refused with <see cref="ArgumentException"/>.
/// </summary>
public static class SpanKernelTests
{
    /// <summary>Tests a kernel of one input.</summary>
    public static void Unary<T>(UnaryKernel<T> kernel, UnaryKernel<T> reference, Func<SeededRandom, T> element, SpanKernelRules? rules = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(reference);
        // One input is two of which the second is ignored: the family is written once.
        Run((x, _, d) => kernel(x, d), (x, _, d) => reference(x, d), element, rules ?? new SpanKernelRules(), inputs: 1);
    }

    /// <summary>Tests a kernel of two inputs of the same length.</summary>
    public static void Binary<T>(BinaryKernel<T> kernel, BinaryKernel<T> reference, Func<SeededRandom, T> element, SpanKernelRules? rules = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(reference);
        Run(kernel, reference, element, rules ?? new SpanKernelRules(), inputs: 2);
    }

    private static void Run<T>(BinaryKernel<T> kernel, BinaryKernel<T> reference, Func<SeededRandom, T> element, SpanKernelRules rules, int inputs)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(element);
        var random = new SeededRandom(SeededRandom.Mix(TestSettings.Seed));
        for (int length = 0; length <= rules.MaxLength; length += rules.Step)
        {
            T[] x = Fill(length), y = Fill(length), expected = new T[length];
            reference(x, y, expected);
            foreach (GuardSide side in (ReadOnlySpan<GuardSide>)[GuardSide.After, GuardSide.Before])
            {
                using GuardedMemory<T> gx = new(x, side), gy = new(y, side), gd = new(Fill(length), side);
                kernel(gx.Span, gy.Span, gd.Span);
                Equal(expected, gd.Span, length, $"with the guard page {side}");
                Equal(x, gx.Span, length, "first input untouched");
                Equal(y, gy.Span, length, "second input untouched");
            }
            if (rules.AllowsInPlace) InPlace(x, y, expected);
            if (rules.AllowsLongerDestination) LongerDestination(x, y, expected);
            if (length > 0) Refusals(x, y);
        }

        T[] Fill(int length)
        {
            var values = new T[length];
            foreach (ref T value in values.AsSpan()) value = element(random);
            return values;
        }

        void InPlace(T[] x, T[] y, T[] expected)
        {
            T[] both = [.. x];
            kernel(both, y, both);
            Equal(expected, both, x.Length, "in place over the first input");
            if (inputs == 1) return;
            both = [.. y];
            kernel(x, both, both);
            Equal(expected, both, x.Length, "in place over the second input");
        }

        void LongerDestination(T[] x, T[] y, T[] expected)
        {
            T[] longer = Fill(x.Length + 9), before = [.. longer];
            kernel(x, y, longer);
            Equal(expected, longer.AsSpan(0, x.Length), x.Length, "into a longer destination");
            Equal(before.AsSpan(x.Length), longer.AsSpan(x.Length), x.Length, "beyond the result");
        }

        void Refusals(T[] x, T[] y)
        {
            Refused(() => kernel(x, y, new T[x.Length - 1]), x.Length, "a destination that is one short");
            if (inputs == 2) Refused(() => kernel(x, y.AsSpan(1), new T[x.Length]), x.Length, "inputs of different lengths");
            if (!rules.RefusesOverlap || x.Length == 1) return;
            T[] shared = [.. x, default];
            Refused(() => kernel(shared.AsSpan(0, x.Length), y, shared.AsSpan(1)), x.Length, "a destination one element into the input");
        }
    }

    private static void Equal<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, int length, string what)
    {
        for (int i = 0; i < expected.Length; i++)
            if (!EqualityComparer<T>.Default.Equals(expected[i], actual[i]))
                Assert.Fail($"Length {length}, {what}: expected {expected[i]} at {i}, got {actual[i]}. Replay: {TestSettings.Token(TestSettings.Seed)}");
    }

    private static void Refused(Action call, int length, string what, [CallerArgumentExpression(nameof(call))] string? text = null)
    {
        try
        {
            call();
        }
        catch (ArgumentException)
        {
            return;
        }
        Assert.Fail($"Length {length}: expected an ArgumentException for {what}, got none from {text}.");
    }
}
