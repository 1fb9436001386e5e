using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

public class ShardMachineTests
{
    private static byte[] Pay(int from, int to, ulong amount, ulong nonce = 0) =>
        TestShard.Pay(TestNetwork.Wallet(from), TestNetwork.AddressOf(to), amount, nonce, MachineWorld.StartMs + 100_000);

    [Fact]
    public void Execute_TransferAcross_CreditsOnceUnderTheReceiptsRoot()
    {
        var world = new MachineWorld();
        (MachineWorld.Shard left, MachineWorld.Shard right) = (world.Shards[0], world.Shards[1]);
        int payer = MachineWorld.Wallet(0), payee = MachineWorld.Wallet(1);
        left.Fund(100, payer);
        ShardStep sent = left.Step(transactions: Pay(payer, payee, 30));
        ProvenReceipt bundle = Assert.Single(left.Said(sent));
        Assert.Equal(70UL, left.BalanceOf(payer));

        ShardStep credited = right.Step([bundle]);
        Assert.Equal(30UL, right.BalanceOf(payee));
        Assert.Equal([ChannelResult.Applied], credited.Bundles);
        Assert.Equal(1, credited.Counters.ReceiptsIn);
        SentReceipt grant = Assert.Single(credited.Sent);
        Assert.Equal(ReceiptKind.Notice, grant.Kind);

        // Again: it does nothing, and the state is what it was.
        ShardStep again = right.Step([bundle]);
        Assert.Equal([ChannelResult.Duplicate], again.Bundles);
        Assert.Equal(30UL, right.BalanceOf(payee));
        left.Step(right.Said(credited, 1));
        Assert.NotEqual(sent.After.ChannelsDigest, left.State.ChannelsDigest);
    }

    [Fact]
    public void Execute_ForgedReceipts_Refused()
    {
        var world = new MachineWorld();
        (MachineWorld.Shard left, MachineWorld.Shard right) = (world.Shards[0], world.Shards[1]);
        int payer = MachineWorld.Wallet(0), payee = MachineWorld.Wallet(1);
        left.Fund(100, payer);
        ShardStep sent = left.Step(transactions: Pay(payer, payee, 30));
        ProvenReceipt bundle = Assert.Single(left.Said(sent));
        foreach (BodySource forged in (BodySource[])[bundle.Source with { ReceiptsRoot = TestNetwork.Key(1) }, bundle.Source with { Height = 2 }])
        {
            ProvenReceipt? wrong = ProvenReceipt.TryRead(forged, (byte)ReceiptKind.Bundle, bundle.Encoding, bundle.Proof);
            Assert.Equal(MachineFault.BadProof, right.Try(right.Body([wrong!]), out _));
        }
        // A bundle is no record, whatever its bytes: leaves are hashed by kind.
        Assert.False(bundle.Proof.Verify(bundle.Source.ReceiptsRoot, ReceiptKind.Record, bundle.Encoding.Span));
        Assert.True(bundle.Proof.Verify(bundle.Source.ReceiptsRoot, ReceiptKind.Bundle, bundle.Encoding.Span));
        Assert.Equal(0UL, right.BalanceOf(payee));
    }

    [Fact]
    public void Execute_AtomicSwap_BothShardsOrNone()
    {
        foreach (ulong gives in (ulong[])[40, 400])
        {
            var world = new MachineWorld();
            (MachineWorld.Shard left, MachineWorld.Shard right) = (world.Shards[0], world.Shards[1]);
            int one = MachineWorld.Wallet(0), other = MachineWorld.Wallet(1);
            left.Fund(100, one);
            right.Fund(100, other);
            AtomicTransaction swap = MachineWorld.Swap(one, gives, other, 25, MachineWorld.StartMs);

            ShardStep leftStep = left.Step(begun: [swap]), rightStep = right.Step(begun: [swap]);
            Assert.Equal([AtomicResult.Accepted], leftStep.Begun);
            Assert.Equal([world.Shards[1].Machine.Shard.Id], Assert.Single(leftStep.Sent).Destinations);
            for (int round = 0; round < 3; round++)
            {
                (ProvenReceipt[] fromLeft, ProvenReceipt[] fromRight) = (left.Said(leftStep), right.Said(rightStep));
                (leftStep, rightStep) = (left.Step(fromRight), right.Step(fromLeft));
            }
            bool commits = gives <= 100;
            Assert.Equal(commits ? 100 - gives + 25 : 100, left.BalanceOf(one));
            Assert.Equal(commits ? 100 + gives - 25 : 100, right.BalanceOf(other));
        }
    }

    [Fact]
    public void Execute_ClaimedCell_TransactionFailsAndReceiptWaits()
    {
        var world = new MachineWorld();
        (MachineWorld.Shard left, MachineWorld.Shard right) = (world.Shards[0], world.Shards[1]);
        int one = MachineWorld.Wallet(0), free = MachineWorld.Wallet(0, 1), other = MachineWorld.Wallet(1);
        left.Fund(100, one, free);
        right.Fund(100, other);
        AtomicTransaction swap = MachineWorld.Swap(one, 10, other, 25, MachineWorld.StartMs, validMs: 800);
        ShardStep sent = right.Step(transactions: Pay(other, one, 5));
        left.Step(begun: [swap]);

        ShardStep step = left.Step(right.Said(sent, 1), null, Pay(one, free, 1), Pay(free, one, 1), Pay(free, other, 1));
        Assert.Equal([TransactionStatus.ClaimedCell, TransactionStatus.ClaimedCell, TransactionStatus.Applied], step.Statuses.ToArray());
        Assert.Equal(100UL, left.BalanceOf(one));
        // The other shard never orders it: at the deadline the claim goes, and the receipt that waited comes in.
        while (left.TimeMs < MachineWorld.StartMs + 900) left.Step();
        Assert.Equal(105UL, left.BalanceOf(one));
        Assert.Equal([TransactionStatus.Applied], left.Step(transactions: Pay(one, free, 1)).Statuses.ToArray());
    }

    [Fact]
    public void Execute_OverCreditOrCap_NoValidBlock()
    {
        int payer = MachineWorld.Wallet(0), payee = MachineWorld.Wallet(1);
        MachineOptions rules = MachineWorld.DefaultOptions();
        foreach (ChannelOptions channels in (ChannelOptions[])[new() { InitialCredit = 2 }, new() { MaxUnattested = 20 }])
        {
            MachineWorld.Shard left = new MachineWorld(rules with { Channels = channels }).Shards[0];
            left.Fund(100, payer);
            byte[][] pays = [Pay(payer, payee, 10), Pay(payer, payee, 10, 1), Pay(payer, payee, 10, 2)];
            Assert.Equal(MachineFault.OverCredit, left.Try(left.Body(null, null, pays), out ShardStep? none));
            Assert.Null(none);
            Assert.Equal([2], left.Machine.Refused);
            Assert.Equal(MachineFault.None, left.Try(left.Body(null, null, pays[..2]), out _));
        }
    }

    [Fact]
    public void Execute_AtomicTooSoonAfterParent_NoValidBlock()
    {
        MachineWorld.Shard left = new MachineWorld().Shards[0];
        left.Step();
        AtomicTransaction swap = MachineWorld.Swap(MachineWorld.Wallet(0), 1, MachineWorld.Wallet(1), 1, MachineWorld.StartMs);
        Assert.Equal(MachineFault.TooSoon, left.Try(left.Body(begun: [swap]), out _, left.TimeMs + 10));
        Assert.Equal(MachineFault.None, left.Try(left.Body(), out _, left.TimeMs + 10));
        Assert.Equal(MachineFault.None, left.Try(left.Body(begun: [swap]), out _));
    }

    [Fact]
    public void Verify_UnsignedTransactions_Refused()
    {
        MachineWorld.Shard left = new MachineWorld().Shards[0];
        byte[] pay = Pay(MachineWorld.Wallet(0), MachineWorld.Wallet(1), 1), swap = MachineWorld.Swap(MachineWorld.Wallet(0), 1, MachineWorld.Wallet(1), 1, MachineWorld.StartMs).Encoded.ToArray();
        Assert.Equal(MachineFault.None, Verify());
        pay[^1] ^= 1;
        Assert.Equal(MachineFault.BadTransaction, Verify());
        pay[^1] ^= 1;
        swap[^1] ^= 1;
        Assert.Equal(MachineFault.BadTransaction, Verify());

        MachineFault Verify()
        {
            Assert.Equal(Sharding.Wire.ReadResult.Ok, AtomicTransaction.TryRead(swap, out AtomicTransaction? read));
            return left.Machine.Verify(left.Context(), left.Body(null, [read!], pay), new TestVerifier());
        }
    }

    [Fact]
    public void Execute_HostileBodies_NeverThrows()
    {
        var world = new MachineWorld();
        int here = MachineWorld.Wallet(0), there = MachineWorld.Wallet(1);
        world.Shards[0].Fund(1000, here);
        world.Shards[1].Fund(1000, there);
        AtomicTransaction swap = MachineWorld.Swap(here, 3, there, 4, MachineWorld.StartMs);
        ShardStep said = world.Shards[1].Step(null, [swap], Pay(there, here, 7, 0));
        MachineWorld.Shard shard = world.Shards[0];
        byte[][] bodies = [shard.Body(), shard.Body(world.Shards[1].Said(said), [swap], Pay(here, there, 5, 0)), shard.Body(world.Shards[1].Said(said)), shard.Body(null, [swap])];
        var seen = new HashSet<MachineFault>();
        HostileBytes.Feed(
            bodies,
            bytes =>
            {
                byte[] body = bytes.ToArray();
                seen.Add(shard.Try(body, out _));
                seen.Add(shard.Machine.Verify(shard.Context(), body, new TestVerifier()));
            },
            count: 20_000);
        Assert.True(seen.Count >= 4, string.Join(", ", seen));
        // None of them left anything behind.
        Assert.Equal(MachineFault.None, shard.Try(bodies[1], out _));
    }

    /// <summary>A machine that goes on, and one that is made anew from bytes before each block, agree on everything.</summary>
    [Fact]
    public void Execute_RestoredBeforeEachBlock_SameDigests()
    {
        var random = new Random((int)TestSettings.Seed);
        MachineWorld live = new(), restored = new();
        int[] wallets = [.. Enumerable.Range(0, 4).SelectMany(i => new[] { MachineWorld.Wallet(0, i), MachineWorld.Wallet(1, i) })];
        foreach (MachineWorld world in (MachineWorld[])[live, restored])
            for (int i = 0; i < wallets.Length; i++) world.Shards[i % 2].Fund(1000, wallets[i]);
        var nonces = new ulong[wallets.Length];
        ProvenReceipt[][] heard = [[], []];
        for (int block = 0; block < 60; block++)
        {
            AtomicTransaction[] begun = block % 4 == 0 ? [MachineWorld.Swap(wallets[random.Next(4) * 2], (ulong)random.Next(9), wallets[random.Next(4) * 2 + 1], 3, live.Shards[0].TimeMs, 1500)] : [];
            var steps = new ShardStep[2];
            for (int shard = 0; shard < 2; shard++)
            {
                int from = shard + 2 * random.Next(4);
                byte[] pay = Pay(wallets[from], wallets[random.Next(wallets.Length)], (ulong)random.Next(20), nonces[from]);
                ShardStep step = steps[shard] = live.Shards[shard].Step(heard[shard], begun, pay);
                restored.Shards[shard].Replace();
                ShardStep same = restored.Shards[shard].Step(heard[shard], begun, pay);
                Assert.True(step.ReceiptsRoot == same.ReceiptsRoot && step.WriteDigest == same.WriteDigest, $"Expected equal results at block {block} with seed {TestSettings.Seed}, got {step.WriteDigest} and {same.WriteDigest}.");
                Assert.Equal(step.Statuses.ToArray(), same.Statuses.ToArray());
                if (step.Statuses.Span[0] != TransactionStatus.ClaimedCell) nonces[from]++;
            }
            // Sometimes a block is heard late, never lost.
            for (int shard = 0; shard < 2; shard++) heard[shard] = live.Shards[1 - shard].Said(steps[1 - shard]);
        }
        for (int round = 0; round < 20; round++)
        {
            ShardStep[] steps = [live.Shards[0].Step(heard[0]), live.Shards[1].Step(heard[1])];
            for (int shard = 0; shard < 2; shard++) heard[shard] = live.Shards[1 - shard].Said(steps[1 - shard]);
        }
        Assert.Equal(8000UL, wallets.Aggregate(0UL, (sum, wallet) => sum + live.Shards[0].BalanceOf(wallet) + live.Shards[1].BalanceOf(wallet)));
    }
}
