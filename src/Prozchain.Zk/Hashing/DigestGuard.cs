namespace Prozchain.Zk.Hashing;

/// <summary>The one check of a digest's destination.</summary>
internal static class DigestGuard
{
    public const int Size = 32;

    public static void Require(ReadOnlySpan<byte> destination)
    {
        if (destination.Length < Size) throw new ArgumentException($"Expected at least {Size} bytes, got {destination.Length}.", nameof(destination));
    }
}
