namespace Prozchain.Sharding.Tests.Support;

/// <summary>Keys as numbers, for ranges.</summary>
internal static class Digests
{
    public static Digest Last { get; } = new(Enumerable.Repeat((byte)0xFF, Digest.Size).ToArray());

    public static Digest Next(in Digest key)
    {
        byte[] bytes = key.Span.ToArray();
        for (int i = bytes.Length - 1; i >= 0 && ++bytes[i] == 0; i--) { }
        return new Digest(bytes);
    }

    public static (Digest From, Digest To) Ordered(in Digest a, in Digest b) => a <= b ? (a, b) : (b, a);
}
