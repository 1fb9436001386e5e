using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>Decisions and prepared shards in corners: late, merged, with heirs, and asked for by a client that lies.</summary>
public class DecisionTests
{
    private static readonly ShardId s_first = new(1), s_third = new(3), s_fourth = new(4);

    [Fact]
    public void Prepare_AtTheDecisionShardAfterItDecided_LetsGo()
    {
        var world = new AtomicWorld();
        AtomicNode first = world.Live[s_first], third = world.Live[s_third];
        int a = AtomicWorld.WalletIn(first.Range), b = AtomicWorld.WalletIn(third.Range);
        AtomicTransaction transaction = world.Ring([a, b], 9, declared: false);
        var driver = new LockDriver(world, transaction, [new(AtomicWorld.Key(a), true), new(AtomicWorld.Key(b), true)]);
        foreach (AtomicNode node in (AtomicNode[])[first, third]) world.Block(node, _ => driver.Acquire(node));
        // Without the other's cells it votes no.
        AtomicRecord no = Assert.Single(world.Block(third, _ => third.Shard.Prepare(transaction.Id, driver.Attempt, [s_first, s_third], [])));
        AtomicRecord abort = Assert.Single(world.Block(first, _ => first.Shard.Accept(no, new RecordOrigin(s_third, 1))));
        Assert.False(abort.IsCommit);
        world.Block(first, _ => driver.Prepare(first));
        Assert.Equal((0, 0), (first.Shard.Open, first.Shard.Claimed));
        world.RunToEnd();
        world.AssertConserved();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Prepare_WithAShardThatTookNoPart_DoesNotHoldTheCells(bool decides)
    {
        var world = new AtomicWorld();
        AtomicNode third = world.Live[s_third];
        int a = AtomicWorld.WalletIn(third.Range), b = AtomicWorld.WalletIn(third.Range, a + 1);
        AtomicTransaction transaction = world.Ring([a, b], 9, declared: false);
        Attempt one = new(1, 1);
        world.Block(third, _ => third.Shard.Acquire(transaction, one, new DeclaredCell(AtomicWorld.Key(a), true), new DeclaredCell(AtomicWorld.Key(b), true)));
        // A decision shard that never lived decides nothing, ever.
        ShardId[] participants = decides ? [new ShardId(0), s_third] : [s_third, new ShardId(77)];
        world.Block(third, _ => third.Shard.Prepare(transaction.Id, one, participants, []));
        world.RunToEnd();
        world.AssertConserved();
    }

    [Fact]
    public void Inherit_ByAMerge_KeepsBothPreparedAttempts()
    {
        var program = new Selecting();
        var world = new AtomicWorld(options: AtomicWorld.Defaults with { Programs = new Dictionary<ushort, IAtomicProgram> { [1] = program } });
        AtomicNode first = world.Live[s_first], third = world.Live[s_third], fourth = world.Live[s_fourth];
        int d = AtomicWorld.WalletIn(first.Range), selector = AtomicWorld.WalletIn(first.Range, d + 1), x = AtomicWorld.WalletIn(third.Range), y = AtomicWorld.WalletIn(fourth.Range);
        program.Set(selector, d, x, y);
        AtomicTransaction transaction = world.Ring([d, x], 9, declared: false, validityMs: 10_000);
        DeclaredCell[] ours = [new(AtomicWorld.Key(selector), false), new(AtomicWorld.Key(d), true)];
        Attempt one = new(1, 1), two = new(2, 1);
        AtomicRecord provision = Assert.Single(world.Block(first, _ => first.Shard.Acquire(transaction, one, ours)));
        world.Block(third, _ => third.Shard.Acquire(transaction, one, new DeclaredCell(AtomicWorld.Key(x), true)));
        AtomicRecord vote = Assert.Single(world.Block(third, _ => third.Shard.Prepare(transaction.Id, one, [s_first, s_third], [provision])));
        Assert.True(vote.IsCommit);
        world.Block(first, _ => first.Shard.Accept(vote, new RecordOrigin(s_third, 1)));
        // The decision shard gives the first attempt up; meanwhile the program comes to want the fourth shard.
        for (int i = 0; i < 15; i++) world.Block(first);
        Assert.True(first.Shard.MayWrite(AtomicWorld.Key(selector)));
        first.Cells.Write(AtomicWorld.Key(selector), new Account(0, AtomicWorld.Balance + 1).ToBytes());
        provision = world.Block(first, _ => first.Shard.Acquire(transaction, two, ours))[^1];
        AtomicRecord theirs = Assert.Single(world.Block(fourth, _ => fourth.Shard.Acquire(transaction, two, new DeclaredCell(AtomicWorld.Key(y), true))));
        vote = Assert.Single(world.Block(fourth, _ => fourth.Shard.Prepare(transaction.Id, two, [s_first, s_fourth], [provision])));
        world.Block(first, _ => first.Shard.Prepare(transaction.Id, two, [s_first, s_fourth], [theirs]));
        Assert.True(world.Block(first, _ => first.Shard.Accept(vote, new RecordOrigin(s_fourth, 1)))[0] is { Kind: AtomicRecordKind.Decision, IsCommit: true });
        world.Merge(third, fourth);
        AtomicNode heir = world.Live.Values.Last();
        world.Restart(heir);
        world.RunToEnd();
        Assert.Equal(AtomicWorld.Wallets * AtomicWorld.Balance + 1, world.Total());
        Assert.Equal(0, heir.Shard.Claimed);
        world.Block(heir, _ => Assert.Equal(AtomicResult.WrongAttempt, heir.Shard.Acquire(transaction, new Attempt(3, 1), new DeclaredCell(AtomicWorld.Key(y), true))));
    }

    [Fact]
    public void Inherit_ByAMerge_RemembersTheLaterAttempt()
    {
        var world = new AtomicWorld();
        AtomicNode third = world.Live[s_third], fourth = world.Live[s_fourth];
        int a = AtomicWorld.WalletIn(third.Range), b = AtomicWorld.WalletIn(fourth.Range);
        AtomicTransaction transaction = world.Ring([a, b], 9, declared: false, validityMs: 10_000);
        world.Block(third, _ => third.Shard.Acquire(transaction, new Attempt(3, 1), new DeclaredCell(AtomicWorld.Key(a), true)));
        world.Block(fourth, _ => fourth.Shard.Acquire(transaction, new Attempt(1, 1), new DeclaredCell(AtomicWorld.Key(b), true)));
        world.Merge(third, fourth);
        AtomicNode heir = world.Live.Values.Last();
        world.Block(heir, _ => Assert.Equal(AtomicResult.WrongAttempt, heir.Shard.Acquire(transaction, new Attempt(2, 1), new DeclaredCell(AtomicWorld.Key(a), true))));
    }

    [Fact]
    public void BeginBlock_OfAnHeir_DoesNotGoBackInTime()
    {
        var world = new AtomicWorld();
        AtomicNode node = world.Live[s_first];
        world.Block(node);
        world.Split(node);
        AtomicNode heir = world.Live.Values.Last();
        Assert.False(heir.Shard.BeginBlock(1, heir.TimeMs - 1, 1));
        Assert.True(heir.Shard.BeginBlock(1, heir.TimeMs + world.Options.MinBlockIntervalMs, 1));
    }

    [Fact]
    public void Decision_AfterAParticipantsEndIsKnown_IsForgottenOnceItsHeirsAreDone()
    {
        var world = new AtomicWorld();
        AtomicNode first = world.Live[s_first], third = world.Live[s_third];
        int a = AtomicWorld.WalletIn(first.Range), b = AtomicWorld.WalletIn(third.Range);
        AtomicTransaction transaction = world.Ring([a, b], 9, declared: false);
        var driver = new LockDriver(world, transaction, [new(AtomicWorld.Key(a), true), new(AtomicWorld.Key(b), true)]);
        foreach (AtomicNode node in (AtomicNode[])[first, third]) world.Block(node, _ => driver.Acquire(node));
        AtomicRecord vote = Assert.Single(world.Block(third, _ => driver.Prepare(third)));
        world.Block(first, _ => driver.Prepare(first));
        world.Split(third);
        world.Block(first, _ => first.Shard.Accept(world.Endings[0].Ending));
        world.Block(first, _ => Assert.Equal(AtomicResult.Accepted, first.Shard.Accept(vote, new RecordOrigin(s_third, 1))));
        world.RunToEnd();
        foreach (var (record, origin) in world.Archive.ToArray()) world.Block(first, _ => world.Deliver(first, record, origin));
        world.NowMs += 100_000;
        world.Block(first);
        Assert.Equal(0, first.Shard.Ballots);
        world.AssertConserved();
    }

    /// <summary>Pays 1 from an account to one of two, as a third says.</summary>
    private sealed class Selecting : IAtomicProgram
    {
        private Digest _selector, _payer, _one, _other;

        public void Set(int selector, int payer, int one, int other) =>
            (_selector, _payer, _one, _other) = (AtomicWorld.Key(selector), AtomicWorld.Key(payer), AtomicWorld.Key(one), AtomicWorld.Key(other));

        public bool Execute(AtomicTransaction transaction, ProvidedCells cells)
        {
            if (cells.Read(_selector, out ReadOnlySpan<byte> value) != CellStatus.Present) return false;
            Digest payee = Account.Read(value).Balance == AtomicWorld.Balance ? _one : _other;
            if (cells.Read(_payer, out value) != CellStatus.Present) return false;
            Account payer = Account.Read(value);
            if (cells.Read(payee, out value) != CellStatus.Present) return false;
            Account to = Account.Read(value);
            return cells.Write(_payer, (payer with { Balance = payer.Balance - 1 }).ToBytes()) == CellStatus.Present
                && cells.Write(payee, (to with { Balance = to.Balance + 1 }).ToBytes()) == CellStatus.Present;
        }
    }
}
