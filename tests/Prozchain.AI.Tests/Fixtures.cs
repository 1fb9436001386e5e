using System.Security.Cryptography;

namespace Prozchain.AI.Tests;

/// <summary>Frozen digests. To change one is to change a wire format or a code: a new version, or before 1.0 a changelog entry.</summary>
internal static class Fixtures
{
    public const string StripeParity = "488ecc9b0df24320c39aa17028844d25e9ab5df7ead0711fc0688640cbb9a567";
    public const string Manifests = "2e2084811de230e3cb3896cd3a2be1faf153e0d8ac7d633bc9b1066bfb0214d3";
    public const string Pieces = "f813b1dae41a0bdac3545c8e63ec7cad8fad18ddceacc6f65b0488287631b2fd";
    public const string LeafProofs = "718539d18863bd8c06aa7536664fc70b615886aafa2f49df683c6c4afa5c0b2a";

    public static void AssertFrozen(string expected, IEnumerable<byte[]> encodings)
    {
        string got = Convert.ToHexStringLower(SHA256.HashData([.. encodings.SelectMany(b => b)]));
        Assert.True(expected == got, $"Expected {expected}, got {got}.");
    }
}
