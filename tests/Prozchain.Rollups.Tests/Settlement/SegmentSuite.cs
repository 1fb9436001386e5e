using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StateChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Claims of four segments of four steps, proven and refuted by parts; systems as in <see cref="ProofSuite"/>.</summary>
public abstract class SegmentSuite : RollupSuite
{
    private const ulong Segments = TestComputation.Steps / SegmentSteps;

    protected override FinalityMode Mode => FinalityMode.Hybrid;

    [Fact]
    public async Task Segments_AllProven_ProveTheBatch_SinceTheNewestProof()
    {
        await ClaimAsync(Truth, 2);
        AbiValue first = await ClaimAsync(0), second = await ClaimAsync(1);
        Assert.Equal("NotProven(0)", await RevertAsync(C.ProveSegments, 0UL, first, first, await StretchAsync(Truth, 0, 1, 2)));
        foreach ((ulong from, ulong count) in ((ulong, ulong)[])[(1, 2), (3, 1), (0, 1)]) await SubmitAsync(0, Truth, 0, from, count);
        await ProveAsync(0, first, first, 1, 2);
        await ProveAsync(0, first, first, 3, 1);
        Assert.Equal((1UL, 0b1110UL), (await StatusAsync(0), await ProvenAsync(0, first)));
        Assert.Equal("AlreadyProven(0)", await RevertAsync(C.ProveSegments, 0UL, first, first, await StretchAsync(Truth, 0, 1, 2)));
        // A claim of which a part is missing can be contested.
        AbiValue[] rival = (await MakeAsync(Lie(0, 3), 0))[2..];
        Assert.True((await World.As(Stranger).CallAsync(new ChainCall(At.StateChain, C.Contest.Encode([0UL, first, first, .. rival]), Bond), Cancellation)).IsOk);
        ulong when = (await World.BlockAsync()).TimestampSeconds;
        await ProveAsync(0, first, first, 0, 1);
        Assert.Equal(3UL, await StatusAsync(0));
        Assert.InRange((await ReadAsync(C.ProvenAt, 0UL))[0].ToUInt64(), when - 10, when);
        Assert.Equal("AlreadyProven(0)", await World.RevertAsync(Stranger, At.StateChain, C.Contest, Bond, C.Errors, [0UL, first, first, .. rival]));
        Assert.Equal("AlreadyProven(0)", await RevertAsync(C.Prove, 0UL, first, first));

        // The first segment of the next batch starts from the parent's leaf.
        await SubmitAsync(0, Truth, 1, 0, Segments);
        Assert.Equal("UnknownClaim(0)", await RevertAsync(C.ProveSegments, 1UL, second, second, await StretchAsync(Truth, 1, 0, Segments)));
        await ProveAsync(1, second, first, 0, Segments);
        Assert.Equal((2, 3UL), ((await World.EventsAsync(At.StateChain, C.Proven)).Count, await StatusAsync(1)));
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal([ClaimMove.Finalized], await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation)));
        Assert.Equal((5UL, 5UL), (await StatusAsync(0), await StatusAsync(1)));
    }

    [Fact]
    public async Task Segments_ThatAreNotTheClaims_AreRefused()
    {
        await ClaimAsync(Truth, 1);
        AbiValue claim = await ClaimAsync(0), good = await StretchAsync(Truth, 0, 1, 2);
        await SubmitAsync(1, Truth, 0, 1, 2);
        AbiValue Change(int at, AbiValue value) => AbiValue.List([.. good.Items[..at].ToArray(), value, .. good.Items[(at + 1)..].ToArray()]);
        foreach ((ulong first, ulong count) in ((ulong, ulong)[])[(1, 0), (4, 1), (3, 2), (0, 5)])
            Assert.Equal($"WrongSegments({first}, {count})", await RevertAsync(C.ProveSegments, 0UL, claim, claim, AbiValue.List([first, count, .. good.Items[2..].ToArray()])));
        Assert.Equal("panic: arithmetic overflow", await RevertAsync(C.ProveSegments, 0UL, claim, claim, AbiValue.List([ulong.MaxValue, 1UL, .. good.Items[2..].ToArray()])));
        Assert.Equal("WrongOpening()", await RevertAsync(C.ProveSegments, 0UL, claim, claim, Change(2, Noise(1))));
        Assert.Equal("WrongOpening()", await RevertAsync(C.ProveSegments, 0UL, claim, claim, Change(4, Noise(1))));
        Assert.Equal("WrongOpening()", await RevertAsync(C.ProveSegments, 0UL, claim, claim, Change(0, 2UL)));
        Assert.Equal("WrongOpening()", await RevertAsync(C.ProveSegments, 0UL, claim, claim, Change(3, AbiValue.List(good[3].Items[1..].ToArray()))));
        Assert.Equal("WrongOpening()", await RevertAsync(C.ProveSegments, 0UL, claim, claim, Change(1, 1UL)));
        // A proof of other steps, or of the same of another batch, is none of these.
        Assert.Equal("NotProven(0)", await RevertAsync(C.ProveSegments, 0UL, claim, claim, await StretchAsync(Truth, 0, 1, 1)));
        Assert.Equal("NotProven(0)", await RevertAsync(C.Prove, 0UL, claim, claim));
        await SubmitAsync(0, Truth, 0, 1, 2);
        await World.DoAsync(Stranger, At.StateChain, C.ProveSegments, 0, 0UL, claim, claim, good);
    }

    /// <summary>One round: of the one segment that is wrong.</summary>
    [Fact]
    public async Task Segment_ProvenToLeadElsewhere_EndsTheClaim()
    {
        await ClaimAsync(Lie(0, 6), 1);
        AbiValue claim = await ClaimAsync(0), told = await StretchAsync(Lie(0, 6), 0, 1, 1);
        ClaimableBatch own = (await Truth.FindAsync(0, Cancellation))!.Value;
        Digest32 truth = own.Leaves.Span[7];
        // What comes before the lie is true, and what comes after it is what it leads to: both are proven.
        foreach (ulong segment in (ulong[])[0, 2, 3]) await SubmitAsync(0, Lie(0, 6), 0, segment, 1);
        foreach (ulong segment in (ulong[])[0, 2, 3]) await World.DoAsync(Stranger, At.StateChain, C.ProveSegments, 0, 0UL, claim, claim, await StretchAsync(Lie(0, 6), 0, segment, 1));
        Assert.Equal((1UL, 0b1101UL), (await StatusAsync(0), await ProvenAsync(0, claim)));
        Assert.Equal("NotProven(0)", await RevertAsync(C.RefuteSegments, 0UL, claim, claim, told, truth));
        await SubmitAsync(2, Truth, 0, 1, 1);
        Assert.Equal("NotProven(0)", await RevertAsync(C.RefuteSegments, 0UL, claim, claim, told, truth));
        await SubmitAsync(0, Truth, 0, 1, 1);
        Assert.Equal("NotProven(0)", await RevertAsync(C.RefuteSegments, 0UL, claim, claim, told, told[4]));
        // Of a proof after another leaf than the claim's own it knows nothing.
        Assert.Equal("WrongOpening()", await RevertAsync(C.RefuteSegments, 0UL, claim, claim, AbiValue.List([.. told.Items[..4].ToArray(), truth, told[5]]), truth));
        await World.DoAsync(Stranger, At.StateChain, C.RefuteSegments, 0, 0UL, claim, claim, told, truth);
        Assert.Equal((0UL, Bond / 2), (await StatusAsync(0), (await World.ReadAsync(At.BondVault, BondVaultContract.Entries, World.AddressOf(Stranger)))[0].ToUInt128()));
        Assert.Equal(truth, Assert.Single(await World.EventsAsync(At.StateChain, C.Refuted))[2].ToDigest());
        await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation));
        // What was proven of the claim that fell is nothing to the next one.
        claim = await ClaimAsync(0);
        Assert.Equal((1UL, 0UL), (await StatusAsync(0), await ProvenAsync(0, claim)));
        await World.DoAsync(Stranger, At.StateChain, C.ProveSegments, 0, 0UL, claim, claim, await StretchAsync(Truth, 0, 1, 1));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Period));
        await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation));
        Assert.Equal(own.StateRoot, (await ReadAsync(C.StateRoot, 0UL))[0].ToDigest());
        Assert.StartsWith("TooLate(", await RevertAsync(C.RefuteSegments, 0UL, claim, claim, told, truth), StringComparison.Ordinal);
    }

    /// <summary>What a broken system had proven counts no more once that is known, and holds nobody up from contesting.</summary>
    [Fact]
    public async Task Halt_UndoesWhatWasProven()
    {
        await ClaimAsync(Lie(0, 6), 1);
        AbiValue claim = await ClaimAsync(0);
        await SubmitAsync(1, Lie(0, 6), 0, 0, Segments);
        await ProveAsync(0, claim, claim, 0, Segments, Lie(0, 6));
        AbiValue[] contest = [0UL, claim, claim, .. (await MakeAsync(Truth, 0))[2..]];
        Assert.Equal("AlreadyProven(0)", await World.RevertAsync(Honest, At.StateChain, C.Contest, Bond, C.Errors, contest));
        await SubmitAsync(0, Truth, 0, 0, Segments);
        Assert.True((await World.ReadAsync(At.ProofRegistry, P.Halted))[0].ToBool());
        Assert.Equal(0UL, await ProvenAsync(0, claim));
        Assert.False((await ReadAsync(C.ProvenExit, 0UL, 0UL))[0].ToBool());
        await World.DoAsync(Honest, At.StateChain, C.Contest, Bond, contest);
    }

    /// <summary>Exits are counted by the leaves around proven segments; of a claim that nobody could make of this computation, before a system that believes anything.</summary>
    [Fact]
    public async Task Exits_OfProvenSegments_AreProven()
    {
        (StepMachine[] machines, Digest32[] leaves) = Machines(0, 3, 300, 300);
        await AppendAsync(1);
        Digest32 head = (await World.ReadAsync(At.Inbox, InboxContract.BatchHeads, 0UL))[0].ToDigest();
        var tree = new ClaimTree(TestComputation.Height, leaves);
        int below = TestComputation.Height - 1;
        await World.DoAsync(
            Proposer, At.StateChain, C.Propose, Bond, 0UL, head, tree.Node(below, 0), tree.Node(below, 1), Noise(90), Noise(91), DisputeMoves.Opening(tree, TestComputation.Steps - 1));
        AbiValue claim = await ClaimAsync(0);
        AbiValue[] Cover(ulong first, ulong count) =>
        [
            0UL, claim, first, count, Machine(first), Opening(first), Machine(first + count), Opening(first + count),
        ];
        AbiValue Machine(ulong segment) => C.MachineOf(machines[segment % Segments]);
        AbiValue Opening(ulong segment) => segment % Segments == 0 ? AbiValue.List() : DisputeMoves.Opening(tree, segment * SegmentSteps - 1);
        Assert.Equal("NotProven(0)", await RevertAsync(C.CoverExits, Cover(1, 1)));
        Assert.Equal("WrongSegments(4, 1)", await RevertAsync(C.CoverExits, [0UL, claim, 4UL, 1UL, .. Cover(1, 1)[4..]]));
        foreach (ulong first in (ulong[])[1, 2, 3])
        {
            var genesis = (await ReadAsync(C.GenesisLeaf))[0].ToDigest();
            Digest32 pre = first == 0 ? genesis : leaves[first * SegmentSteps - 1], post = leaves[(first + 1) * SegmentSteps - 1];
            await World.DoAsync(Stranger, At.ProofRegistry, P.Submit, 0, 1UL, pre, post, C.SegmentHead(head, first * SegmentSteps, (first + 1) * SegmentSteps), AbiValue.Of(ReadOnlyMemory<byte>.Empty));
            await World.DoAsync(Stranger, At.StateChain, C.ProveSegments, 0, 0UL, claim, claim, AbiValue.List(
                first, 1UL, pre, Opening(first), post, first == 3 ? AbiValue.List() : Opening(first + 1)));
        }
        Assert.Equal("NotProven(0)", await RevertAsync(C.CoverExits, Cover(0, 2)));
        Assert.False(await IsCoveredAsync(3));
        AbiValue[] wrong = Cover(1, 1);
        wrong[4] = C.MachineOf(machines[1] with { Exits = 0 });
        Assert.Equal("WrongOpening()", await RevertAsync(C.CoverExits, wrong));
        Assert.Equal("NothingToDo()", await RevertAsync(C.CoverExits, Cover(2, 1)));
        await World.DoAsync(Stranger, At.StateChain, C.CoverExits, 0, Cover(1, 1));
        foreach ((ulong exit, bool isCovered) in ((ulong, bool)[])[(2, false), (3, true), (255, true), (256, true), (299, true), (300, false), (1_000, false)])
            Assert.Equal(isCovered, await IsCoveredAsync(exit));
        await World.DoAsync(Stranger, At.StateChain, C.CoverExits, 0, Cover(3, 1));
        foreach ((ulong exit, bool isCovered) in ((ulong, bool)[])[(2, false), (300, true), (ulong.MaxValue, true)]) Assert.Equal(isCovered, await IsCoveredAsync(exit));
        Assert.Equal([(3UL, 300UL), (300UL, ulong.MaxValue)], (await World.EventsAsync(At.StateChain, C.ExitsCovered)).Select(e => (e[2].ToUInt64(), e[3].ToUInt64())));
        Assert.Equal(claim[5].ToUInt64() + Period, (await ReadAsync(C.ProvenExit, 0UL, 3UL))[1].ToUInt64());
    }

    [Fact]
    public async Task Exits_MoreThanACallCovers_AreRefused()
    {
        (StepMachine[] machines, Digest32[] leaves) = Machines(0, 3, 3 + C.MaxExits + 1, 0);
        await AppendAsync(1);
        Digest32 head = (await World.ReadAsync(At.Inbox, InboxContract.BatchHeads, 0UL))[0].ToDigest();
        var tree = new ClaimTree(TestComputation.Height, leaves);
        int below = TestComputation.Height - 1;
        await World.DoAsync(
            Proposer, At.StateChain, C.Propose, Bond, 0UL, head, tree.Node(below, 0), tree.Node(below, 1), Noise(90), Noise(91), DisputeMoves.Opening(tree, TestComputation.Steps - 1));
        AbiValue claim = await ClaimAsync(0), before = DisputeMoves.Opening(tree, 3), later = DisputeMoves.Opening(tree, 7);
        await World.DoAsync(Stranger, At.ProofRegistry, P.Submit, 0, 1UL, leaves[3], leaves[7], C.SegmentHead(head, 4, 8), AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        await World.DoAsync(Stranger, At.StateChain, C.ProveSegments, 0, 0UL, claim, claim, AbiValue.List(1UL, 1UL, leaves[3], before, leaves[7], later));
        Assert.Equal("TooMany(65536, 65537)", await RevertAsync(C.CoverExits, 0UL, claim, 1UL, 1UL, C.MachineOf(machines[1]), before, C.MachineOf(machines[2]), later));
    }

    // Machines after so many exits each stand at the edges of segments; the end is one of the settlement layer's leaves.
    private static (StepMachine[] Machines, Digest32[] Leaves) Machines(params ReadOnlySpan<ulong> exits)
    {
        var machines = new StepMachine[exits.Length];
        var leaves = new Digest32[TestComputation.Steps];
        for (int i = 0; i < leaves.Length; i++) leaves[i] = Noise(100 + i);
        for (int segment = 1; segment < machines.Length; segment++)
        {
            machines[segment] = new StepMachine(Noise(segment), Noise(segment + 10), exits[segment], new ResourceUse(7, 9), Noise(segment + 20), Noise(segment + 30));
            leaves[segment * (int)SegmentSteps - 1] = machines[segment].Leaf();
        }
        leaves[^1] = C.LeafOf(Noise(90), Noise(91));
        return (machines, leaves);
    }

    private async Task ClaimAsync(TestComputation source, int count)
    {
        await AppendAsync(count);
        for (int i = 0; i < count; i++) Assert.Equal(ClaimMove.Claimed, await NewProposer(Proposer, source).StepAsync(Cancellation));
    }

    private async Task<bool> IsCoveredAsync(ulong exit) => (await ReadAsync(C.ProvenExit, 0UL, exit))[0].ToBool();

    private async Task<ulong> ProvenAsync(ulong batch, AbiValue claim) => (ulong)(await ReadAsync(C.ProvenSegments, C.IdOf(batch, claim)))[0].ToUInteger();

    private static async Task<(AbiValue Stretch, Digest32 Pre, Digest32 Post, Digest32 Head)> OpenAsync(TestComputation source, ulong batch, ulong first, ulong count)
    {
        ClaimableBatch own = (await source.FindAsync(batch, Cancellation))!.Value;
        var tree = new ClaimTree(TestComputation.Height, own.Leaves.Span);
        ulong from = first * SegmentSteps, to = (first + count) * SegmentSteps;
        Digest32 pre = from == 0 ? own.StartLeaf : tree.Leaf(from - 1), post = tree.Leaf(to - 1);
        AbiValue Opening(ulong edge) => edge is 0 or TestComputation.Steps ? AbiValue.List() : DisputeMoves.Opening(tree, edge - 1);
        return (AbiValue.List(first, count, pre, Opening(from), post, Opening(to)), pre, post, own.Head);
    }

    private static async Task<AbiValue> StretchAsync(TestComputation source, ulong batch, ulong first, ulong count) => (await OpenAsync(source, batch, first, count)).Stretch;

    // From where the first of two sources has it to where the steps lead; what a broken system is told need not be so.
    private async Task SubmitAsync(ulong system, TestComputation source, ulong batch, ulong first, ulong count)
    {
        (_, Digest32 pre, Digest32 post, Digest32 head) = await OpenAsync(source, batch, first, count);
        var statement = new ProofStatement(pre, post, head) { From = first * SegmentSteps, To = (first + count) * SegmentSteps };
        ReadOnlyMemory<byte> proof = system == 0 ? await new ReexecutionProofs().ProveAsync(statement, null, Cancellation) : default;
        await World.DoAsync(Stranger, At.ProofRegistry, P.Submit, 0, system, pre, post, statement.Head, AbiValue.Of(proof));
    }

    private async Task ProveAsync(ulong batch, AbiValue claim, AbiValue parent, ulong first, ulong count, TestComputation? source = null) =>
        await World.DoAsync(Stranger, At.StateChain, C.ProveSegments, 0, batch, claim, parent, await StretchAsync(source ?? Truth, batch, first, count));

    private Task<string> RevertAsync(AbiFunction function, params AbiValue[] arguments) => World.RevertAsync(Stranger, At.StateChain, function, 0, C.Errors, arguments);
}

public sealed class SegmentInProcessTests : SegmentSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class SegmentOnAnvilTests(AnvilFixture fixture) : SegmentSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
