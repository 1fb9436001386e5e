using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>A contract alone, without log, data or node: its callers claim what they like.</summary>
public abstract class ContractTest
{
    private protected ContractTest() => Contract = new SettlementContract(Setup.Genesis, new HashVerifier());

    private protected World Setup { get; } = new();

    private protected SettlementContract Contract { get; }

    private protected List<SettlementEvent> Events { get; } = [];

    private protected long Height { get; set; }

    private protected SettlementParameters Parameters => Setup.Genesis.Parameters;

    private protected static PostBatchCall Post(long index) => new(index, World.Root(1), World.Root(2), 100, 3);

    private protected static BatchTrace Trace(Digest32 pre, int count, int seed = 1) => new([pre, .. Enumerable.Range(0, count).Select(i => World.Root(100 * seed + i))]);

    /// <summary>Posts batch 0 and asserts a trace of noise on it.</summary>
    private protected BatchTrace Propose(int count = 3)
    {
        BatchTrace trace = Trace(Setup.Genesis.StateRoot, count);
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Poster, Post(0) with { TransferCount = count }));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Poster, World.AssertionOf(0, trace)));
        return trace;
    }

    private protected byte[] Encode(HashSigner author, long sequence, SettlementPayload payload) => SettlementCall.Encode(author, Setup.Genesis.Digest, sequence, payload);

    private protected SettlementResult Send(HashSigner author, SettlementPayload payload) =>
        Contract.Apply(Height, Encode(author, Contract.FindActor(author.Address)!.Value.NextSequence, payload), Events);
}
