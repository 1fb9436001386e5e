namespace Prozchain.Sharding.Committees;

/// <summary>Compares public keys by their bytes.</summary>
internal sealed class KeyBytes : IEqualityComparer<ReadOnlyMemory<byte>>
{
    public static readonly KeyBytes Instance = new();

    public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

    public int GetHashCode(ReadOnlyMemory<byte> key)
    {
        var hash = new HashCode();
        hash.AddBytes(key.Span);
        return hash.ToHashCode();
    }
}
