using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Transactions with locks as bodies carry them, block by block over two shards.</summary>
public class LockMachineTests
{
    private static readonly int s_one = MachineWorld.Wallet(0), s_other = MachineWorld.Wallet(1);

    private readonly MachineWorld _world = new();

    public LockMachineTests()
    {
        Left.Fund(100, s_one);
        Right.Fund(100, s_other);
    }

    private MachineWorld.Shard Left => _world.Shards[0];

    private MachineWorld.Shard Right => _world.Shards[1];

    /// <summary>Lock, prepare, vote, decide, carry out; every block on a state that was read back from its bytes.</summary>
    [Theory]
    [InlineData(40, true)]
    [InlineData(400, false)]
    public void Execute_LockedSwap_BothShardsOrNone(ulong gives, bool commits)
    {
        LockRequest request = Request(Swap(gives), 1, Plan());
        (ShardStep left, ShardStep right) = (Left.Step(null, [request], null), Right.Step(null, [request], null));
        Assert.Equal([AtomicResult.Accepted], left.Locks);
        Assert.Equal([Right.Machine.Shard.Id], Assert.Single(left.Sent).Destinations);
        (left, right) = Both(left, right, prepared: [request]);
        Assert.Equal([AtomicResult.Accepted], left.Prepared);
        Assert.Equal(LockStage.Past, Right.Machine.StageOf(Right.State, request.Transaction.Id, request.Attempt));
        for (int round = 0; round < 3; round++) (left, right) = Both(left, right);
        Assert.Equal(commits ? 100 - gives + 25 : 100, Left.BalanceOf(s_one));
        Assert.Equal(commits ? 100 + gives - 25 : 100, Right.BalanceOf(s_other));
        Assert.Equal((0, 0), (left.OpenAtomic, right.OpenAtomic));
        Assert.Equal(commits ? AtomicResult.WrongAttempt : AtomicResult.Accepted, Assert.Single(Left.Step(null, [Request(request.Transaction, 2, Plan())], null).Locks));
    }

    /// <summary>A cell that the program asks for and nobody locked aborts the attempt; the next one has it.</summary>
    [Fact]
    public void Execute_CellMissing_AbortsAndNextAttemptCommits()
    {
        AtomicTransaction swap = Swap(40);
        for (uint number = 1; number <= 2; number++)
        {
            LockRequest request = Request(swap, number, number == 1 ? [.. Plan().Select(cell => cell with { IsWritten = false })] : Plan());
            (ShardStep left, ShardStep right) = Both(Left.Step(null, [request], null), Right.Step(null, [request], null), prepared: [request]);
            for (int round = 0; round < 3; round++) (left, right) = Both(left, right);
            Assert.Equal((0, 0), (left.OpenAtomic, right.OpenAtomic));
            Assert.Equal(number == 1 ? 100UL : 85UL, Left.BalanceOf(s_one));
        }
    }

    /// <summary>A proposer that leaves a value out brings about no vote, and the value waits for a block that takes it.</summary>
    [Fact]
    public void Execute_PrepareWithoutValues_IsNoVote()
    {
        LockRequest request = Request(Swap(40), 1, Plan());
        ShardStep left = Left.Step(null, [request], null), right = Right.Step(null, [request], null);
        ProvenReceipt[] values = Right.Said(right);
        ShardStep early = Left.Step(null, null, [request]);
        Assert.Equal([AtomicResult.NotOrdered], early.Prepared);
        Assert.Empty(early.Sent);
        Assert.Equal([AtomicResult.NotOrdered], Left.Step(values).Records);
        ShardStep done = Left.Step(values, null, [request]);
        Assert.Equal([AtomicResult.Accepted], done.Records);
        Assert.Equal(AtomicRecordKind.PreparedVote, RecordOf(Assert.Single(done.Sent)).Kind);
        // Twice is once.
        Assert.Equal([AtomicResult.NotOrdered], Left.Step(values, null, [request]).Prepared);
    }

    /// <summary>The other shard never locks: the decision shard was not prepared, and lets go at the deadline; the abort of a prepared one is certified.</summary>
    [Fact]
    public void Execute_VoteMissing_AbortsAtHeight()
    {
        var options = MachineWorld.DefaultOptions();
        var world = new MachineWorld(options with { Atomic = options.Atomic with { DecideWithinBlocks = 5 } });
        (MachineWorld.Shard left, MachineWorld.Shard right) = (world.Shards[0], world.Shards[1]);
        left.Fund(100, s_one);
        right.Fund(100, s_other);
        LockRequest request = Request(Swap(40), 1, Plan());
        ShardStep fromLeft = left.Step(null, [request], null), fromRight = right.Step(null, [request], null);
        ProvenReceipt[] values = left.Said(fromLeft);
        // The right one is prepared and votes; the left one, which decides, hears the vote and never prepares.
        ShardStep vote = right.Step(values, null, [request]);
        ShardStep heard = left.Step(right.Said(vote));
        for (int block = 0; block < 5 && heard.Sent.Count == 0; block++) heard = left.Step();
        Assert.False(RecordOf(Assert.Single(heard.Sent)).IsCommit);
        Assert.Equal(1, right.Step().OpenAtomic);
        Assert.Equal(0, right.Step(left.Said(heard)).OpenAtomic);
        Assert.Equal((100UL, 100UL), (left.BalanceOf(s_one), right.BalanceOf(s_other)));
    }

    [Fact]
    public void Find_ProgramOnValues_GivesItsCells()
    {
        AtomicTransaction swap = Swap(40);
        Assert.Equal(Plan().OrderBy(cell => cell.Key), LockPlan.Find(new MultiTransfer(), swap, _ => new Account(0, 100).ToBytes())!.AsEnumerable());
        // One who has nothing only has his own cell read.
        Assert.Equal(new DeclaredCell(MachineWorld.CellOf(s_one), false), Assert.Single(LockPlan.Find(new MultiTransfer(), swap, _ => null)!));
    }

    private (ShardStep Left, ShardStep Right) Both(ShardStep left, ShardStep right, LockRequest[]? prepared = null)
    {
        (ProvenReceipt[] fromLeft, ProvenReceipt[] fromRight) = (Left.Said(left), Right.Said(right));
        Left.Replace();
        Right.Replace();
        return (Left.Step(fromRight, null, prepared), Right.Step(fromLeft, null, prepared));
    }

    private static DeclaredCell[] Plan() => [new DeclaredCell(MachineWorld.CellOf(s_one), true), new DeclaredCell(MachineWorld.CellOf(s_other), true)];

    internal static AtomicTransaction Swap(ulong gives) => AtomicTransaction.Sign(
        new AtomicTransaction.Header(TestNetwork.ChainId, MachineWorld.StartMs, MachineWorld.StartMs + 5_000, 1), [],
        MultiTransfer.Encode(new MultiTransfer.Move(MachineWorld.CellOf(s_one), MachineWorld.CellOf(s_other), gives), new MultiTransfer.Move(MachineWorld.CellOf(s_other), MachineWorld.CellOf(s_one), 25)),
        TestNetwork.Wallet(s_one), TestNetwork.Wallet(s_other));

    internal static LockRequest Request(AtomicTransaction swap, uint number, DeclaredCell[]? cells = null) =>
        LockRequest.Sign(swap, new Attempt(number, MachineWorld.Epoch), cells ?? Plan(), TestNetwork.Wallet(s_one));

    private static AtomicRecord RecordOf(SentReceipt sent)
    {
        Assert.Equal(Sharding.Wire.ReadResult.Ok, AtomicRecord.TryRead(sent.Encoding.Span, out AtomicRecord? record));
        return record!;
    }
}
