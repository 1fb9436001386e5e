using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Tests.Airs;

namespace Prozchain.Zk.Tests.Air;

public sealed class GraphDescriptionTests
{
    private const string Frozen = "ad59c5bd9b3b33cfd388f6993d9bc577fc7e16f831de25bc2fc00c011ce51b09";
    private const string FrozenPoseidon2 = "2c3f0bd6137cda88d1a2a3ef0e34759292ed887cf6f76a9df8e96dbfdc8b07f5";
    private const string FrozenSha256Blocks = "9dc064c31a67e74921aff89eb67d779361c152a1c1d45bd0e8bcec0da45c8b4c";
    private const string FrozenRangeTable = "27de1141903e8255666ba60a68589a3ab70e75de42b985d1fb4da556d6f6f301";

    [Fact]
    public void Describe_TheSameAirTwice_IsTheSame() =>
        Assert.Equal(Bytes(AirCases.Make("sha256").Graph), Bytes(AirCases.Make("sha256").Graph));

    [Fact]
    public void Describe_AnythingOfTheStatementChanged_Differs()
    {
        ConstraintGraph[] graphs =
        [
            ConstraintGraph.Of(new VariedAir(0)), .. Enumerable.Range(1, 13).Select(change => ConstraintGraph.Of(new VariedAir(change))),
        ];
        Assert.Equal(graphs.Length, graphs.Select(graph => Convert.ToHexString(Bytes(graph))).Distinct().Count());
        Assert.Equal(Bytes(graphs[0]), Bytes(ConstraintGraph.Of(new VariedAir(-1))));
    }

    /// <summary>The AIRs shipped are part of what a proof means: changing one is a decision.</summary>
    [Fact]
    public void Describe_AirsShipped_AreFrozen()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in AirCases.Names.Where(name => name is not ("sha256 blocks" or "range table") && !name.StartsWith("poseidon2", StringComparison.Ordinal))) hash.AppendData(Bytes(AirCases.Make(name).Graph));
        hash.AppendData(Bytes(ConstraintGraph.Of(new Blake3BlocksAir(5000, 9))));
        hash.AppendData(Bytes(ConstraintGraph.Of(new Blake3ParentsAir(5000))));
        string digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(digest == Frozen, $"Expected {Frozen}, got {digest}.");
        foreach (string name in (string[])["poseidon2", "poseidon2 on its bus"]) hash.AppendData(Bytes(AirCases.Make(name).Graph));
        digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(digest == FrozenPoseidon2, $"Expected {FrozenPoseidon2}, got {digest}.");
        hash.AppendData(Bytes(AirCases.Make("sha256 blocks").Graph));
        digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(digest == FrozenSha256Blocks, $"Expected {FrozenSha256Blocks}, got {digest}.");
        hash.AppendData(Bytes(AirCases.Make("range table").Graph));
        digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(digest == FrozenRangeTable, $"Expected {FrozenRangeTable}, got {digest}.");
    }

    private static byte[] Bytes(ConstraintGraph graph)
    {
        var writer = new ArrayBufferWriter<byte>();
        graph.Describe(writer);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Change -1 alters only names and labels; each other one something that counts.</summary>
    private readonly struct VariedAir(int change) : IAir
    {
        public AirShape Shape => new()
        {
            Name = change == -1 ? "other" : "varied",
            Width = change == 1 ? 3 : 2,
            PreprocessedWidth = change == 2 ? 1 : 0,
            PublicValues = change == 3 ? 1 : 0,
            Height = change == 4 ? 8 : 0,
            Periodic = [new ulong[] { 1, change == 5 ? 3UL : 2UL }],
        };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            TValue value = change == 6 ? b.Next(0) : b.Local(0);
            b.AssertZero(change == 7 ? Rows.First : Rows.All, value - b.Constant(change == 8 ? 5UL : 4UL), change == -1 ? "x" : "y");
            Bus bus = new(change == 9 ? "other" : "bus", 1, change == 10 ? BusKind.Permutation : BusKind.Lookup);
            b.Interact(bus, change == 11 ? BusDirection.Receive : BusDirection.Send, b.Local(1), [change == 12 ? b.Local(0) : b.Local(1)], change == 13 ? 2u : 1u);
        }
    }
}
