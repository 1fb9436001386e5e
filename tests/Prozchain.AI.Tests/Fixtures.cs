using System.Security.Cryptography;

namespace Prozchain.AI.Tests;

/// <summary>Frozen digests. To change one is to change a wire format or a code: a new version, or before 1.0 a changelog entry.</summary>
internal static class Fixtures
{
    public const string StripeParity = "488ecc9b0df24320c39aa17028844d25e9ab5df7ead0711fc0688640cbb9a567";
    public const string Manifests = "43479c9669a03280b0ad7b35060db47d4854274d74d8ae579fc23c21cdb3dbd6";
    public const string ManifestsWithBases = "5f55b47b7dbc4ed458719f101ae60d77db96aef4e231417b1d5105fc33ec8022";
    public const string JournalsWithBases = "3a1d11505fae786d30d52f16ff42de038b635e843677af87d8f40d281d2b3669";
    public const string Pieces = "fd95726d383778a9bee402f2aa0cc5942ccdbdd753f6dd0bc4f028ae7e9e7cff";
    public const string Placements = "5d6cace4dd9958fd24c6214466efd6ee1077c5c594b1aa60a74b2f65deb3c137";
    public const string JournalsVersion1 = "e0be93f83684fe7b4804c1609bfebe8521d54acf005b0844ba00bdc71907858a";
    public const string Journals = "33bdccadbe60346684551afc79abf68fb9d31bbc924f3c7ba8ca4246aac4fc59";
    public const string JournalsInPart = "073d665bdb1e47a2041a39ebebf22c6494d15f92d63cd2cd6e8593f2cc43abd4";
    public const string Audits = "3d0f81b1439163d0d46ed2c62df670fe63a96ea55f8ac3f4033dd53514f8ed93";
    public const string LeafProofs = "dfb7a2830cfc90e9fdd6930e98250c23c4eb7e4d917cd527925da8fe3fc6a8a6";
    public const string Graphs = "fd00f0c437157e12725cd55acbaea1337db1bc957d427fa370a25985f3fed855";
    public const string Receipts = "25a3507c0e780414d90f435bf315504ef1f9e3befcd981eb1d0d254c6e49f0d0";
    public const string ReceiptsV2 = "c5268b2db51042d5243b20c9fda55b0a016366983dfe8a652fb1ef5a9b703a7a";
    public const string RegistrySnapshots = "14f4798c4f9bffa190485b5d70bba85d2dce2cc9262257751f69ee4c13c94491";
    public const string RegistryOperations = "7f3ad23fc666d8d64d21d2dd62e005d855c11516b40701c11b29e2ef5df34333";
    public const string RegistryRoots = "e7e925b87ce2968e46a33df05545722d2f8f1cce22555ca27f3e27c69336d7fb";

    public const string TensorLeaves = "969f4d238db35a36bd9613542eb9f40ef28a3f32ac512da02fcf73649d02f027";

    public const string WeightLeaves = "8d3a37afb72ac55617548a2e15bbe0a379f9a5ab41f626b40f75ad69506b940c";

    public static void AssertFrozen(string expected, IEnumerable<byte[]> encodings)
    {
        string got = Convert.ToHexStringLower(SHA256.HashData([.. encodings.SelectMany(b => b)]));
        Assert.True(expected == got, $"Expected {expected}, got {got}.");
    }
}
