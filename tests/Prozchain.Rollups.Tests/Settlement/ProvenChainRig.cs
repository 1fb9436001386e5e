using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.ProvenChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>
/// The contract of validity mode with its registry. System 0 executes batches again, 1 is a validity proof that believes
/// anything, 2 hardware that does; two must agree.
/// </summary>
public abstract class ProvenChainRig : SettlementSuite
{
    protected const int Sequencer = 0, Stranger = 1;
    protected const ulong Delay = 600;

    private protected List<(Digest32 Leaf, ulong When)> Records { get; } = [];

    private protected L1Address Chain { get; private set; }

    private protected L1Address Registry { get; private set; }

    protected override async Task PrepareAsync()
    {
        AbiValue verifiers = AbiValue.List(await World.DeployAsync("TestProof", false), await World.DeployAsync("TestProof", true), await World.DeployAsync("TestProof", true));
        Registry = await World.DeployAsync("ProofRegistry", World.AddressOf(Sequencer), verifiers, AbiValue.List(true, true, false), 2UL);
        Chain = await World.DeployAsync("ProvenChain", World.AddressOf(Sequencer), AbiValue.List(), 0UL, Registry, Delay, TestComputation.Genesis);
    }

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected static Digest32 Root(int seed) => Tests.World.Root(100 + seed);

    private protected static AbiValue[] Claim(Digest32 state, Digest32 exit, ulong[] systems, int? evidence = null) =>
        [state, exit, AbiValue.List([.. systems.Select(system => (AbiValue)system)]), AbiValue.List([.. Enumerable.Repeat(AbiValue.Of(ReadOnlyMemory<byte>.Empty), evidence ?? systems.Length)])];

    private protected AbiValue Link(int batch) => AbiValue.List(Records[batch].Leaf, Records[batch].When);

    // The newest records, newest first.
    private protected AbiValue Links(int count) => AbiValue.List([.. Enumerable.Range(0, count).Select(i => Link(Records.Count - 1 - i))]);

    // The word after so many batches, worked out anew.
    private protected Digest32 TipOf(int count)
    {
        Digest32 record = default;
        for (int i = 0; i < count; i++) record = C.RecordOf((ulong)i + 1, Records[i].Leaf, Records[i].When, record);
        return record;
    }

    private protected Task<AbiValue> ReadAsync(AbiFunction function, params AbiValue[] arguments) => World.ReadAsync(Chain, function, arguments);

    private protected async Task<(ulong Batch, bool Any)> FinalAsync()
    {
        AbiValue last = await ReadAsync(C.LastFinal);
        Assert.Equal((await ReadAsync(C.LastFinalAt))[0].ToUInt64(), last[1].ToUInt64());
        Assert.Equal((last[2].ToBool() ? last[0].ToUInt64() + 1 : 0, false), ((await ReadAsync(C.FinalCount))[0].ToUInt64(), (await ReadAsync(C.IsFinal, last[0].ToUInt64() + 1))[0].ToBool()));
        return (last[0].ToUInt64(), last[2].ToBool());
    }

    private protected async Task AppendAsync(int count)
    {
        ulong next = (await ReadAsync(InboxContract.BatchCount))[0].ToUInt64();
        for (int i = 0; i < count; i++) await World.DoAsync(Sequencer, Chain, InboxContract.AppendCalldata, 0, next + (ulong)i, AbiValue.Of(new byte[] { 1, 2, 3 }), 0UL, await World.NoItemsAsync());
    }

    private protected async Task ProveAsync(int links, Digest32 state, Digest32 exit, ulong[]? systems = null)
    {
        await World.DoAsync(Stranger, Chain, C.Prove, 0, [Links(links), TipOf(Records.Count - links), .. Claim(state, exit, systems ?? [1, 2])]);
        await NoteAsync(state, exit);
    }

    // A proof in the newest block.
    private protected async Task NoteAsync(Digest32 state, Digest32 exit) => Records.Add((StateChainContract.LeafOf(state, exit), (await World.BlockAsync()).TimestampSeconds));

    private protected Task<string> RevertProveAsync(int links, Digest32 state, Digest32 exit, ulong[]? systems = null) =>
        RevertAsync(C.Prove, [Links(links), TipOf(Records.Count - links), .. Claim(state, exit, systems ?? [1, 2])]);

    private protected Task<string> RevertAsync(AbiFunction function, params AbiValue[] arguments) => World.RevertAsync(Stranger, Chain, function, 0, C.Errors, arguments);

    private protected async Task<bool> ConvincesAsync(Digest32 head, ulong[] systems, int evidence)
    {
        AbiValue answer = await World.ReadAsync(Registry, P.Check, [Root(5), Root(6), head, .. Claim(default, default, systems, evidence)[2..]]);
        Assert.Equal((await World.ReadAsync(Registry, P.TrustedFrom))[0].ToUInt64(), answer[1].ToUInt64());
        return answer[0].ToBool();
    }

    // Two validity proofs of different leaves, handed in where they are compared.
    private protected async Task HaltAsync()
    {
        Digest32 start = Root(50), head = Root(51);
        foreach (Digest32 final in (Digest32[])[Root(52), Root(53)]) await World.DoAsync(Stranger, Registry, P.Submit, 0, 1UL, start, final, head, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        Assert.True((await World.ReadAsync(Registry, P.Halted))[0].ToBool());
        Assert.False(await ConvincesAsync(head, [1, 2], 2));
    }
}
