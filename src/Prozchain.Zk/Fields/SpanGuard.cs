namespace Prozchain.Zk.Fields;

/// <summary>What every span kernel checks once, at the edge.</summary>
internal static class SpanGuard
{
    public static void SameLength<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
    {
        if (left.Length != right.Length) throw new ArgumentException($"Expected spans of one length, got {left.Length} and {right.Length}.", nameof(right));
    }

    public static void Check<T>(ReadOnlySpan<T> source, Span<T> destination)
    {
        if (destination.Length < source.Length)
            throw new ArgumentException($"Expected a destination of at least {source.Length} elements, got {destination.Length}.", nameof(destination));
        if (source.Overlaps(destination[..source.Length], out int offset) && offset != 0)
            throw new ArgumentException("Expected a destination that is an input or overlaps none.", nameof(destination));
    }

    public static void Check<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> destination)
    {
        SameLength(left, right);
        Check(left, destination);
        Check(right, destination);
    }
}
