using System.Numerics;

namespace Prozchain.Testing.Tests;

/// <summary>The family passes a right kernel and catches each kind of wrong one.</summary>
public sealed class SpanKernelTestsTests
{
    [Fact]
    public void Binary_RightKernel_Passes() => Try(AddVector);

    [Fact]
    public void Unary_RightKernel_Passes() =>
        SpanKernelTests.Unary<uint>(
            (x, d) => AddVector(x, x, d),
            (x, d) => { for (int i = 0; i < x.Length; i++) d[i] = x[i] + x[i]; },
            random => (uint)random.NextUInt64());

    [Fact]
    public void Binary_TailLeftOut_IsCaught() =>
        Caught("Length 1, with the guard page", (x, y, d) => { Check(x, y, d); for (int i = 0; i < x.Length - x.Length % 8; i++) d[i] = x[i] + y[i]; });

    [Fact]
    public void Binary_WritesBeyondTheResult_IsCaught() =>
        Caught("beyond the result", (x, y, d) => { AddVector(x, y, d); if (d.Length > x.Length) d[x.Length]++; });

    [Fact]
    public void Binary_ReadsItsInputAfterWriting_IsCaught() =>
        Caught("in place over", (x, y, d) => { Check(x, y, d); d[..x.Length].Clear(); for (int i = 0; i < x.Length; i++) d[i] = x[i] + y[i]; });

    [Fact]
    public void Binary_ShortDestinationAccepted_IsCaught() =>
        Caught("a destination that is one short", (x, y, d) => { for (int i = 0; i < Math.Min(x.Length, d.Length); i++) d[i] = x[i] + y[i]; });

    [Fact]
    public void Binary_OverlapAccepted_IsCaught() =>
        Caught("a destination one element into the input", (x, y, d) =>
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, y.Length);
            ArgumentOutOfRangeException.ThrowIfLessThan(d.Length, x.Length);
            for (int i = 0; i < x.Length; i++) d[i] = x[i] + y[i];
        });

    private static void Caught(string complaint, BinaryKernel<uint> kernel)
    {
        Exception? failure = Record.Exception(() => Try(kernel));
        Assert.Contains(complaint, Assert.IsType<Xunit.Sdk.FailException>(failure).Message, StringComparison.Ordinal);
    }

    private static void Try(BinaryKernel<uint> kernel) =>
        SpanKernelTests.Binary(
            kernel,
            (x, y, d) => { for (int i = 0; i < x.Length; i++) d[i] = x[i] + y[i]; },
            random => (uint)random.NextUInt64(),
            new SpanKernelRules { MaxLength = 40 });

    private static void AddVector(ReadOnlySpan<uint> x, ReadOnlySpan<uint> y, Span<uint> destination)
    {
        Check(x, y, destination);
        int i = 0;
        for (; i + Vector<uint>.Count <= x.Length; i += Vector<uint>.Count)
            (new Vector<uint>(x[i..]) + new Vector<uint>(y[i..])).CopyTo(destination[i..]);
        for (; i < x.Length; i++) destination[i] = x[i] + y[i];
    }

    private static void Check(ReadOnlySpan<uint> x, ReadOnlySpan<uint> y, Span<uint> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, y.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, x.Length);
        Span<uint> result = destination[..x.Length];
        if (x.Overlaps(result, out int offset) && offset != 0) throw new ArgumentException("Expected no partial overlap with the destination, got one.");
        if (y.Overlaps(result, out offset) && offset != 0) throw new ArgumentException("Expected no partial overlap with the destination, got one.");
    }
}
