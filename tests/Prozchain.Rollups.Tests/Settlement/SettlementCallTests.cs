using Prozchain.Rollups.Settlement;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Settlement;

public sealed class SettlementCallTests
{
    private static readonly HashSigner s_author = new(4);
    private static readonly Digest32 s_genesis = World.Root(8);

    internal static SettlementPayload[] Payloads { get; } =
    [
        new PostBatchCall(3, World.Root(1), World.Root(2), 70_000, 1_000),
        new AssertCall(3, World.Root(1), World.Root(2), World.Root(3), 5, new[] { World.Root(4), World.Root(5) }),
        new ChallengeCall(long.MaxValue),
        new BisectCall(9, 65_535, World.Root(6), Array.Empty<Digest32>()),
        new RespondCall(9, 2, true),
        new ProveStepCall(9, new byte[] { 1, 2, 3 }, new byte[300]),
    ];

    [Fact]
    public void TryRead_OfWhatEncodeWrote_IsTheSameCall()
    {
        foreach (SettlementPayload payload in Payloads)
        {
            byte[] bytes = SettlementCall.Encode(s_author, s_genesis, 300, payload);
            Assert.True(SettlementCall.TryRead(bytes, out SettlementCall? call));
            Assert.Equal((s_author.Address, 300L, payload.GetType()), (call!.Actor, call.Sequence, call.Payload.GetType()));
            Assert.True(call.Verify(s_genesis, new HashVerifier()));
            Assert.False(call.Verify(World.Root(9), new HashVerifier()));
            Assert.Equal(bytes, SettlementCall.Encode(s_author, s_genesis, call.Sequence, call.Payload));
        }
    }

    [Fact]
    public void TryRead_OfHostileBytes_NeverThrowsAndIsCanonical()
    {
        byte[][] seeds = [.. Payloads.Select(payload => SettlementCall.Encode(s_author, s_genesis, 300, payload))];
        int read = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (!SettlementCall.TryRead(copy, out SettlementCall? call)) return;
            read++;
            // Signed again by another author, only key and signature differ.
            byte[] again = SettlementCall.Encode(s_author, s_genesis, call!.Sequence, call.Payload);
            Assert.Equal(copy[66..^65], again[66..^65]);
        });
        Assert.True(read > 1_000);
    }

    [Fact]
    public void Apply_OfHostileBytes_NeverThrows()
    {
        var world = new World();
        var contract = new SettlementContract(world.Genesis, new HashVerifier());
        byte[][] seeds = [.. Payloads.Select(payload => SettlementCall.Encode(world.Poster, world.Genesis.Digest, 0, payload))];
        var events = new List<SettlementEvent>();
        HostileBytes.Feed(seeds, bytes => contract.Apply(0, bytes.ToArray(), events), count: 20_000);
        Assert.True(contract.TotalUnits == 4 * World.Deposit);
    }
}
