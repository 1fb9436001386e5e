using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>The rules one by one: replay, windows, bounds, who goes first, what votes bind.</summary>
public class AtomicRuleTests
{
    private static readonly ShardId s_first = new(1), s_third = new(3);

    [Fact]
    public void Admit_AgainAfterItsEnd_IsADuplicateThenOutsideItsWindow()
    {
        var world = new AtomicWorld();
        AtomicNode node = world.Live[s_first];
        int a = AtomicWorld.WalletIn(node.Range), b = AtomicWorld.WalletIn(node.Range, a + 1);
        AtomicTransaction transaction = world.Ring([a, b], 7);
        world.Block(node, _ => Assert.Equal(AtomicResult.Accepted, node.Shard.Admit(transaction)));
        Assert.Equal((0, 1), (node.Shard.Open, node.Shard.Remembered));
        world.Block(node, _ => Assert.Equal(AtomicResult.Duplicate, node.Shard.Admit(transaction)));
        world.NowMs = transaction.DeadlineMs + world.Options.RetentionMs + 1;
        world.Block(node, _ => Assert.Equal(AtomicResult.OutsideWindow, node.Shard.Admit(transaction)));
        Assert.Equal(0, node.Shard.Remembered);
        world.AssertConserved();
    }

    [Fact]
    public void Admit_WhatMayNotBe_SaysWhy()
    {
        var world = new AtomicWorld(options: AtomicWorld.Defaults with { MaxPerBlock = 2 });
        AtomicNode node = world.Live[s_first], other = world.Live[s_third];
        int a = AtomicWorld.WalletIn(node.Range), b = AtomicWorld.WalletIn(other.Range);
        AtomicTransaction early = world.Ring([a, b], 1, beginMs: world.NowMs + 10_000), tooLong = world.Ring([a, b], 2, 10_001), locks = world.Ring([a, b], 3, declared: false);
        var foreign = AtomicTransaction.Sign(new AtomicTransaction.Header(9, world.NowMs, world.NowMs + 1000, 1), [new(AtomicWorld.Key(a), true)], default, []);
        var unknown = AtomicTransaction.Sign(new AtomicTransaction.Header(TestNetwork.ChainId, world.NowMs, world.NowMs + 1000, 2), [new(AtomicWorld.Key(a), true)], default, []);
        var elsewhere = AtomicTransaction.Sign(new AtomicTransaction.Header(TestNetwork.ChainId, world.NowMs, world.NowMs + 1000, 1), [new(AtomicWorld.Key(b), true)], default, []);
        world.Block(node, _ =>
        {
            Assert.Equal(AtomicResult.OutsideWindow, node.Shard.Admit(early));
            Assert.Equal(AtomicResult.OutsideWindow, node.Shard.Admit(tooLong));
            Assert.Equal(AtomicResult.WrongKind, node.Shard.Admit(locks));
            Assert.Equal(AtomicResult.WrongChain, node.Shard.Admit(foreign));
            Assert.Equal(AtomicResult.WrongKind, node.Shard.Admit(unknown));
            Assert.Equal(AtomicResult.NotParticipant, node.Shard.Admit(elsewhere));
            Assert.Equal(AtomicResult.Accepted, node.Shard.Admit(world.Ring([a, b], 10)));
            Assert.Equal(AtomicResult.Accepted, node.Shard.Admit(world.Ring([a, b], 11)));
            Assert.Equal(AtomicResult.BlockFull, node.Shard.Admit(world.Ring([a, b], 12)));
            Assert.False(node.Shard.MayRead(AtomicWorld.Key(a)));
            Assert.False(node.Shard.MayWrite(AtomicWorld.Key(a)));
        });
        Assert.False(node.Shard.BeginBlock(node.Height + 1, node.TimeMs + world.Options.MinBlockIntervalMs - 1, world.Epoch));
    }

    [Fact]
    public void Remembered_UnderFullBlocks_StaysWithinItsBound()
    {
        AtomicOptions options = AtomicWorld.Defaults with { MaxPerBlock = 5, MaxValidityMs = 1000, RetentionMs = 1000, MinBlockIntervalMs = 50 };
        var world = new AtomicWorld(options: options);
        AtomicNode node = world.Live[s_first];
        int a = AtomicWorld.WalletIn(node.Range), b = AtomicWorld.WalletIn(node.Range, a + 1);
        int most = 0;
        for (ulong block = 0; block < 120; block++)
        {
            world.NowMs += 50;
            world.Block(node, _ =>
            {
                for (ulong i = 0; i < 5; i++) Assert.Equal(AtomicResult.Accepted, node.Shard.Admit(world.Ring([a, b], block * 10 + i, 1000)));
            });
            most = Math.Max(most, node.Shard.Remembered);
        }
        Assert.InRange(most, 150, options.MaxRemembered);
    }

    [Fact]
    public void Claims_OlderComesLater_TakesThemUnlessFixed()
    {
        var world = new AtomicWorld();
        AtomicNode node = world.Live[s_first], other = world.Live[s_third];
        int a = AtomicWorld.WalletIn(node.Range), b = AtomicWorld.WalletIn(other.Range);
        AtomicTransaction young = world.Ring([a, b], 1, beginMs: 900), old = world.Ring([a, b], 50, beginMs: 800), oldest = world.Ring([a, b], 90, beginMs: 700);
        world.Block(node, _ => node.Shard.Admit(young));
        List<AtomicRecord> records = world.Block(node, _ => node.Shard.Admit(old));
        Assert.Equal([(AtomicRecordKind.ExecutionCertificate, young.Id), (AtomicRecordKind.Provision, old.Id)], records.Select(record => (record.Kind, record.Transaction)));
        world.Block(other, _ => other.Shard.Admit(old));
        world.Block(node, _ => { foreach (var (record, origin) in world.Archive.ToArray()) world.Deliver(node, record, origin); });
        // Fixed now: the oldest waits, and gets the cell once this one has ended.
        Assert.Empty(world.Block(node, _ => Assert.Equal(AtomicResult.Accepted, node.Shard.Admit(oldest))));
        world.Block(other, _ => { foreach (var (record, origin) in world.Archive.ToArray()) world.Deliver(other, record, origin); });
        records = world.Block(node, _ => { foreach (var (record, origin) in world.Archive.ToArray()) world.Deliver(node, record, origin); });
        Assert.Equal((AtomicRecordKind.Provision, oldest.Id), (records[^1].Kind, records[^1].Transaction));
        world.RunToEnd();
        world.AssertConserved();
    }

    [Fact]
    public void Execute_WhatTheProgramRefuses_AbortsEverywhere()
    {
        var world = new AtomicWorld();
        AtomicNode node = world.Live[s_first], other = world.Live[s_third];
        int a = AtomicWorld.WalletIn(node.Range), b = AtomicWorld.WalletIn(other.Range);
        AtomicTransaction tooMuch = world.Ring([a, b], AtomicWorld.Balance + 1);
        foreach (AtomicNode each in (AtomicNode[])[node, other]) world.Block(each, _ => each.Shard.Admit(tooMuch));
        world.RunToEnd();
        world.AssertConserved();
        Assert.All(world.Archive.Where(entry => entry.Record.Kind == AtomicRecordKind.ExecutionCertificate), entry => Assert.False(entry.Record.IsCommit));
    }

    [Fact]
    public void Votes_OfOtherShardsAttemptsOrEpochs_DoNotCount()
    {
        var world = new AtomicWorld();
        AtomicNode first = world.Live[s_first], third = world.Live[s_third];
        int a = AtomicWorld.WalletIn(first.Range), b = AtomicWorld.WalletIn(third.Range);
        AtomicTransaction transaction = world.Ring([a, b], 9, declared: false);
        DeclaredCell here = new(AtomicWorld.Key(a), true), there = new(AtomicWorld.Key(b), true);
        Attempt one = new(1, 1), two = new(2, 1);
        world.Block(first, _ => first.Shard.Acquire(transaction, one, here));
        world.Block(third, _ => third.Shard.Acquire(transaction, one, there));
        AtomicRecord ours = world.Archive[0].Record, theirs = world.Archive[1].Record;
        AtomicRecord vote = Assert.Single(world.Block(third, _ => third.Shard.Prepare(transaction.Id, one, [s_first, s_third], [ours])));
        Assert.True(vote is { Kind: AtomicRecordKind.PreparedVote, IsCommit: true });
        // The decision shard never hears its own side: it aborts at its height, not the participant by its clock.
        world.Block(first, _ => Assert.Equal(AtomicResult.Accepted, first.Shard.Accept(vote, new RecordOrigin(s_third, 1))));
        for (int i = 0; i < 10; i++) world.Block(first);
        AtomicRecord abort = world.Archive[^1].Record;
        Assert.True(abort is { Kind: AtomicRecordKind.Decision, IsCommit: false });
        world.Block(third, _ =>
        {
            Assert.Equal(AtomicResult.WrongOrigin, third.Shard.Accept(abort, new RecordOrigin(new ShardId(2), 1)));
            Assert.Equal(AtomicResult.Accepted, third.Shard.Accept(abort, new RecordOrigin(s_first, 1)));
        });
        // A second attempt: what was said about the first is not taken for it.
        world.Block(first, _ => Assert.Equal(AtomicResult.Accepted, first.Shard.Acquire(transaction, two, here)));
        world.Block(third, _ =>
        {
            Assert.Equal(AtomicResult.WrongAttempt, third.Shard.Acquire(transaction, one, there));
            Assert.Equal(AtomicResult.Accepted, third.Shard.Acquire(transaction, two, there));
        });
        ours = world.Archive[^2].Record;
        theirs = world.Archive[^1].Record;
        world.Block(third, _ => Assert.Equal(AtomicResult.Accepted, third.Shard.Prepare(transaction.Id, two, [s_first, s_third], [ours])));
        AtomicRecord second = world.Archive[^1].Record;
        world.Block(first, _ =>
        {
            Assert.Equal(AtomicResult.Duplicate, first.Shard.Accept(vote, new RecordOrigin(s_third, 1)));
            Assert.Equal(AtomicResult.WrongOrigin, first.Shard.Accept(second, new RecordOrigin(new ShardId(4), 1)));
            Assert.Equal(AtomicResult.WrongAttempt, first.Shard.Accept(second, new RecordOrigin(s_third, 0)));
            Assert.Equal(AtomicResult.Accepted, first.Shard.Prepare(transaction.Id, two, [s_first, s_third], [theirs]));
        });
        Assert.DoesNotContain(world.Archive, entry => entry.Record is { Kind: AtomicRecordKind.Decision, IsCommit: true });
        world.Block(third, _ => Assert.Equal(AtomicResult.WrongAttempt, third.Shard.Accept(abort, new RecordOrigin(s_first, 1))));
        world.Block(first, _ =>
        {
            // A replay of the first attempt's vote is answered with abort of that attempt, and changes nothing else.
            Assert.Equal(AtomicResult.WrongAttempt, first.Shard.Accept(vote, new RecordOrigin(s_third, 1)));
            Assert.Equal(AtomicResult.Accepted, first.Shard.Accept(second, new RecordOrigin(s_third, 1)));
        });
        world.RunToEnd();
        world.AssertConserved();
        Assert.Contains(world.Archive, entry => entry.Record is { Kind: AtomicRecordKind.Decision, IsCommit: true });
    }
}
