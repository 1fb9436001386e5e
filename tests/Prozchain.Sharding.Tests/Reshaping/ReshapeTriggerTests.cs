using System.Security.Cryptography;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Reshaping;

public class ReshapeTriggerTests
{
    // A change of these is a change of a wire format: it needs a new version byte, and a note in docs/formats.
    private const string Frozen = "a5649b42092022e50f2361392b755a14e7d84260cbbf1482d1a47c525bce94e2";
    private const string FrozenHistory = "735f213afa5bca2b58b824e1b083727d9fc3a2afffb553d8825343d5f6aebfda";

    private static readonly SmoothedReshapePolicy s_policy = new(new ReshapeOptions { BlockGasLimit = 1000 });

    [Fact]
    public void Verify_WhatThePolicyAsksFor_IsValidOneAfterTheOther()
    {
        (ShardLayout layout, Dictionary<ShardId, LoadHistory> loads) = World();
        IReadOnlyList<ReshapeTrigger> due = ReshapeTrigger.Due(layout, 1, s_policy, loads);
        Assert.Equal([false, false, true, true], due.Select(trigger => trigger.Action.IsMerge));
        foreach (ReshapeTrigger trigger in due)
        {
            Assert.Equal(TriggerResult.Valid, trigger.Verify(layout, 1, s_policy, loads, []));
            ShardLayout before = layout;
            layout = trigger.Action.ApplyTo(layout, 1);
            Assert.Equal(TriggerResult.Impossible, trigger.Verify(layout, 1, s_policy, loads, []));
            Assert.NotEqual(before.Hash(), layout.Hash());
        }
        Assert.Empty(ReshapeTrigger.Due(layout, 1, s_policy, loads));
    }

    [Fact]
    public void Verify_ForgedClaims_AreNamed()
    {
        (ShardLayout layout, Dictionary<ShardId, LoadHistory> loads) = World();
        IReadOnlyList<ReshapeTrigger> due = ReshapeTrigger.Due(layout, 1, s_policy, loads);
        ReshapeTrigger split = due[0], merge = due[2] with { Layout = layout.Hash() };
        Assert.Equal(TriggerResult.WrongEpoch, split.Verify(layout, 2, s_policy, loads, []));
        Assert.Equal(TriggerResult.WrongLayout, (split with { Layout = default }).Verify(layout, 1, s_policy, loads, []));
        Assert.Equal(TriggerResult.Impossible, (split with { Action = ReshapeAction.Split(new ShardId(999)) }).Verify(layout, 1, s_policy, loads, []));
        Assert.Equal(TriggerResult.Impossible, (merge with { Action = ReshapeAction.Merge(merge.Action.Sibling!.Value, merge.Action.Shard) }).Verify(layout, 1, s_policy, loads, []));
        Assert.Equal(TriggerResult.OtherHeight, (split with { Facts = split.Facts with { Height = 5 } }).Verify(layout, 1, s_policy, loads, []));
        Assert.Equal(TriggerResult.WrongFacts, (split with { Facts = split.Facts with { History = default } }).Verify(layout, 1, s_policy, loads, []));
        Assert.Equal(TriggerResult.WrongFacts, (merge with { SiblingFacts = merge.Facts with { Height = merge.SiblingFacts.Height } }).Verify(layout, 1, s_policy, loads, []));
        ShardInfo cool = layout.Shards[20];
        Assert.Equal(TriggerResult.NotDue, (split with { Action = ReshapeAction.Split(cool.Id), Facts = LoadFacts.Of(loads[cool.Id]) }).Verify(layout, 1, s_policy, loads, []));
        Assert.Equal(TriggerResult.OtherHeight, split.Verify(layout, 1, s_policy, new Dictionary<ShardId, LoadHistory>(), []));
    }

    [Fact]
    public void Verify_Decision_NeedsTheBeacon()
    {
        (ShardLayout layout, Dictionary<ShardId, LoadHistory> loads) = World();
        ReshapeAction action = ReshapeAction.Split(layout.Shards[20].Id);
        ReshapeTrigger trigger = ReshapeTrigger.Decided(layout, 1, action);
        Assert.Equal(TriggerResult.NotDecided, trigger.Verify(layout, 1, s_policy, loads, []));
        Assert.Equal(TriggerResult.Valid, trigger.Verify(layout, 1, s_policy, loads, [action]));
    }

    [Fact]
    public void LoadHistory_Misuse_Throws()
    {
        var load = new LoadHistory();
        load.Add(5, 2, default);
        Assert.Throws<ArgumentException>(() => load.Add(5, 2, default));
        Assert.Throws<ArgumentException>(() => load.Add(6, 1, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => load[1]);
    }

    [Fact]
    public void LoadHistory_PeakSince_NeedsAWholeEpoch()
    {
        var load = new LoadHistory();
        for (ulong height = 0; height < 100; height++) load.Add(height, height < 50 ? 3UL : 4, new ShardLoad(height, 200 - height, 0));
        Assert.True(load.TryGetPeakSince(3, out ShardLoad peak));
        Assert.Equal(new ShardLoad(99, 200, 0), peak);
        Assert.True(load.TryGetPeakSince(4, out peak));
        Assert.Equal(new ShardLoad(99, 150, 0), peak);
        Assert.False(load.TryGetPeakSince(2, out _));
        load.Add(100, 6, default); // an epoch without blocks
        Assert.False(load.TryGetPeakSince(5, out _));
        Assert.False(load.TryGetPeakSince(6, out _));
    }

    [Fact]
    public void LoadHistory_Add_AllocatesNothing()
    {
        var load = new LoadHistory();
        ulong height = 0;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++) load.Add(++height, height / 30, new ShardLoad(height, 1, 2));
        });
    }

    [Fact]
    public void Wire_Triggers_RoundTripAndRefuseTheRest()
    {
        foreach (byte[] sample in Samples())
        {
            Assert.Equal(ReadResult.Ok, ReshapeTrigger.TryRead(sample, out ReshapeTrigger? read));
            Assert.Equal(sample, TestNetwork.Encode(read!.Write));
            for (int length = 0; length < sample.Length; length++) Assert.Equal(ReadResult.Truncated, ReshapeTrigger.TryRead(sample.AsSpan(0, length), out _));
            Assert.Equal(ReadResult.TrailingBytes, ReshapeTrigger.TryRead([.. sample, 0], out _));
            Assert.Equal(ReadResult.UnknownVersion, ReshapeTrigger.TryRead([1, .. sample[1..]], out _));
            Assert.Equal(ReadResult.NotCanonical, ReshapeTrigger.TryRead([0, 2, .. sample[2..]], out _));
        }
        (ShardLayout layout, Dictionary<ShardId, LoadHistory> loads) = World();
        HostileBytes.Feed(Samples(), bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (ReshapeTrigger.TryRead(copy, out ReshapeTrigger? trigger) != ReadResult.Ok) { Assert.Null(trigger); return; }
            Assert.Equal(copy, TestNetwork.Encode(trigger!.Write));
            trigger.Verify(layout, 1, s_policy, loads, []);
        }, count: 10_000);
    }

    [Fact]
    public void Wire_Histories_RoundTripGoOnAlikeAndRefuseTheRest()
    {
        var samples = new List<byte[]>();
        var load = new LoadHistory();
        for (ulong i = 0; i <= 200; i++)
        {
            byte[] sample = TestNetwork.Encode(load.Write);
            Assert.Equal(ReadResult.Ok, LoadHistory.TryRead(sample, out LoadHistory? read));
            Assert.Equal(sample, TestNetwork.Encode(read!.Write));
            if (i % 20 == 0) samples.Add(sample);
            load.Add(i, i / 60 + i / 130, new ShardLoad(i * i % 97, i % 31, 200 - i));
            read.Add(i, i / 60 + i / 130, new ShardLoad(i * i % 97, i % 31, 200 - i));
            Assert.Equal(load.Hash(), read.Hash());
        }
        for (int length = 0; length < samples[^1].Length; length++) Assert.Equal(ReadResult.Truncated, LoadHistory.TryRead(samples[^1].AsSpan(0, length), out _));
        Assert.Equal(ReadResult.TrailingBytes, LoadHistory.TryRead([.. samples[^1], 0], out _));
        HostileBytes.Feed(samples, bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (LoadHistory.TryRead(copy, out LoadHistory? read) == ReadResult.Ok) Assert.Equal(copy, TestNetwork.Encode(read!.Write));
            else Assert.Null(read);
        }, count: 30_000);
    }

    [Fact]
    public void Wire_Triggers_AreFrozen()
    {
        string actual = Convert.ToHexStringLower(SHA256.HashData(Samples().SelectMany(sample => sample).ToArray()));
        Assert.True(Frozen == actual, $"Expected {Frozen} for reshape, got {actual}.");
        var load = new LoadHistory();
        for (ulong i = 0; i < 70; i++) load.Add(i, i / 30, new ShardLoad(i * i, i, 70 - i));
        Assert.True(FrozenHistory == load.Hash().ToString(), $"Expected {FrozenHistory} for a history, got {load.Hash()}.");
    }

    private static List<byte[]> Samples()
    {
        (ShardLayout layout, Dictionary<ShardId, LoadHistory> loads) = World();
        return [.. ReshapeTrigger.Due(layout, 1, s_policy, loads)
            .Append(ReshapeTrigger.Decided(layout, 7, ReshapeAction.Split(new ShardId(40))))
            .Append(ReshapeTrigger.Decided(layout, 7, ReshapeAction.Merge(new ShardId(40), new ShardId(41))))
            .Select(trigger => TestNetwork.Encode(trigger.Write))];
    }

    // 32 shards after an epoch and a half: the first four are hot, the last six cold, the others between.
    private static (ShardLayout Layout, Dictionary<ShardId, LoadHistory> Loads) World()
    {
        ShardLayout layout = ShardLayout.Create(32);
        var loads = new Dictionary<ShardId, LoadHistory>();
        for (int i = 0; i < 32; i++)
        {
            var load = new LoadHistory();
            for (ulong height = 0; height < 120; height++)
                load.Add(height, height / 60, i < 4 ? new ShardLoad(400_000_000 + (ulong)i, 900, 7) : i >= 26 ? new ShardLoad((ulong)i, 50, 0) : new ShardLoad(100_000_000, 500, height));
            loads.Add(layout.Shards[i].Id, load);
        }
        return (layout, loads);
    }
}
