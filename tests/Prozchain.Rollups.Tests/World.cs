namespace Prozchain.Rollups.Tests;

/// <summary>What tests need that have no world of their own.</summary>
internal static class World
{
    /// <summary>Some root, the same one for the same seed.</summary>
    public static Digest32 Root(int seed)
    {
        var bytes = new byte[32];
        new Random(seed).NextBytes(bytes);
        return new Digest32(bytes);
    }
}
