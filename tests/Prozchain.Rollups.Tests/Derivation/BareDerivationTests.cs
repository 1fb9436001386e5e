using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Batches;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>A rollup of numbered accounts follows from rows that are posted without signatures.</summary>
public sealed class BareDerivationTests : SettlementSuite
{
    private BareRollup _rollup = null!;

    [Fact]
    public async Task EveryKindOfPayment_FollowsFromItsRow()
    {
        for (int i = 1; i <= 3; i++) await _rollup.DepositAsync(i, 10_000);
        ExecutedBatch first = await _rollup.PostAsync(3);
        Assert.Equal((BatchVerdict.Executed, NumberedGenesis.Root<KeccakTree>(_rollup.Person(0).PublicKey.Span)), (first.Verdict, first.PreRoot));
        Assert.Equal((10_000UL, 1UL), ((ulong)_rollup.Balance(1), _rollup.Read(1).Index));

        byte[] key = new HashSigner(50, isHashBased: true).PublicKey.ToArray();
        Payment sponsored = _rollup.Pay(2, new Payment { Recipient = BareRollup.Account(1), Amount = 5, Sponsor = BareRollup.Account(3) });
        Payment[] payments =
        [
            _rollup.Pay(1, 2, 100), _rollup.Pay(1, 2, 100, skip: 7), PaymentMessage.Sponsor(sponsored, _rollup.Person(3), BareRollup.ChainId),
            _rollup.Pay(1, new Payment { Recipient = _rollup.Person(4).Address, Amount = 1_000, Fee = 3 }), _rollup.Pay(3, new Payment { Kind = PaymentKind.Withdraw, Amount = 50, L1Recipient = World.AddressOf(BareRollup.User), Fee = 3 }),
            _rollup.Pay(3, new Payment { Kind = PaymentKind.Message, Payload = "hello"u8.ToArray(), L1Recipient = World.AddressOf(BareRollup.User) }), _rollup.Pay(2, new Payment { Kind = PaymentKind.RotateKey, Payload = key }),
            _rollup.Pay(1, 9, 1), _rollup.Pay(1, 1, 1),
        ];
        ExecutedBatch batch = await _rollup.PostAsync(0, payments);
        TransitionStatus[] statuses = [.. Enumerable.Repeat(TransitionStatus.Applied, payments.Length)];
        statuses[7] = TransitionStatus.UnknownRecipient;
        Assert.Equal((BatchVerdict.Executed, first.PostRoot, 2), (batch.Verdict, batch.PreRoot, batch.Effects.Count));
        Assert.Equal(statuses, batch.Statuses.ToArray());
        Assert.Equal((1_000UL, 5UL, 12U), ((ulong)_rollup.Balance(4), _rollup.Read(1).Nonce, _rollup.Read(1).NextKey));
        Assert.Equal((new Digest32(key.AsSpan(1)), 0U, 2UL), (_rollup.Read(2).KeyDigest, _rollup.Read(2).NextKey, _rollup.Read(2).Nonce));
        Assert.Equal((3U, 13UL), (_rollup.Read(3).NextKey, (ulong)_rollup.Balance(0)));

        // What their senders signed, nonces and all.
        var hashes = new Digest32[payments.Length];
        new PaymentAccess(BareRollup.ChainId).Hash(payments, hashes);
        Assert.Equal(hashes, batch.TransactionHashes.ToArray());
        Assert.Equal((0UL, _rollup.Rules.GenesisCheck), (batch.Context.L1Block, _rollup.Node.Deriver.Tip.Check));
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    [Fact]
    public async Task WhatIsNoBatch_LeavesForcedItemsAlone_AndTheNextBatchStands()
    {
        await _rollup.DepositAsync(1, 10_000);
        await _rollup.PostAsync(1);
        byte[] batch = _rollup.Encode([_rollup.Pay(1, 2, 100), _rollup.Pay(1, 1, 100)]), broken = [.. batch];
        broken[^1] ^= 0x80;
        int deposits = 0;
        await Expect(BatchVerdict.NoBatch, []);
        await Expect(BatchVerdict.WrongHead, new SeededRandom(3).Bytes(500));
        await Expect(BatchVerdict.WrongHead, RollupHarness.Sources(batch)[0].ToArray());
        await Expect(BatchVerdict.WrongHead, batch);
        await Expect(BatchVerdict.WrongHead, _rollup.Encode([], root: default(Digest32)));
        await Expect(BatchVerdict.Undecodable, [.. _rollup.Encode([]), 0]);
        await Expect(BatchVerdict.Undecodable, [.. _rollup.Encode([])[..^1], 2, 1, 2, 40]);
        await Expect(BatchVerdict.WrongHead, new byte[_rollup.Rules.Limits.MaxBytes + 1]);
        Assert.Equal(BatchVerdict.Executed, (await _rollup.PostAsync(0, _rollup.Pay(1, 1, 5))).Verdict);
        Assert.Equal([TransitionStatus.Applied], (await _rollup.PostAsync(0, _rollup.Pay(1, 1, 5))).Statuses.ToArray());
        await _rollup.AssertFreshNodeAgreesAsync();

        async Task Expect(BatchVerdict verdict, byte[] source)
        {
            await _rollup.DepositAsync(10 + deposits, 7);
            await _rollup.AppendAsync(source, forced: 1);
            ExecutedBatch executed = await _rollup.SyncOneAsync();
            Assert.Equal((verdict, 1), (executed.Verdict, executed.ForcedCount));
            Assert.Equal([TransitionStatus.Applied], executed.Statuses.ToArray());
            Assert.NotEqual(executed.PreRoot, executed.PostRoot);
            Assert.Equal((UInt128)7, _rollup.Balance(2 + deposits++));
        }
    }

    /// <summary>What heads of batches do not bind has no say; what is not off-chain is no batch.</summary>
    [Fact]
    public async Task PostedLengthsAndLists_AreIgnored_AndOtherKindsEmpty()
    {
        await _rollup.DepositAsync(1, 10_000);
        await _rollup.PostAsync(1);
        AbiValue list = InboxContract.ListOf(Prozchain.Rollups.Tests.World.Root(4), 77, (await World.BlockAsync()).TimestampSeconds);
        foreach (int length in new[] { 0, 1, int.MaxValue })
        {
            await _rollup.AppendAsync(_rollup.Encode([_rollup.Pay(1, 1, 5)]), length: length, list: list);
            Assert.Equal(BatchVerdict.Executed, (await _rollup.SyncOneAsync()).Verdict);
        }
        await _rollup.AppendCalldataAsync(_rollup.Encode([]));
        Assert.Equal(BatchVerdict.NoBatch, (await _rollup.SyncOneAsync()).Verdict);
        await _rollup.AssertFreshNodeAgreesAsync();

    }

    /// <summary>Own payments are what the proof let through: a row of a nonce or key that is none cannot be said, but of an account that is none, or poor, it can.</summary>
    [Fact]
    public async Task RowsThatAreInvalid_DoNothing()
    {
        await _rollup.DepositAsync(1, 10);
        await _rollup.PostAsync(1);
        Digest32 root = _rollup.Node.Deriver.Tip.Root;
        ExecutedBatch batch = await _rollup.PostAsync(
            0, _rollup.Pay(8, 1, 5), _rollup.Pay(1, new Payment { Recipient = BareRollup.Account(1), Fee = 11 }), _rollup.Pay(1, 1, 5) with { KeySkip = 59_049 },
            _rollup.Pay(1, new Payment { Recipient = BareRollup.Account(0), Sponsor = BareRollup.Account(7) }), _rollup.Pay(1, new Payment { Kind = PaymentKind.RotateKey, Payload = _rollup.Person(1).PublicKey }));
        Assert.Equal([TransitionStatus.UnknownSender, TransitionStatus.CannotPayFee, TransitionStatus.UsedKey, TransitionStatus.WrongSponsor, TransitionStatus.Malformed], batch.Statuses.ToArray());
        Assert.Equal((root, BatchVerdict.Executed), (batch.PostRoot, batch.Verdict));
    }

    [Fact]
    public async Task RandomSchedules_WithReorganisations_EndWhereAFreshNodeDoes()
    {
        var random = new SeededRandom(TestSettings.Seed);
        for (int i = 1; i <= 4; i++) await _rollup.DepositAsync(i, 1_000_000);
        await _rollup.PostAsync(4);
        for (int i = 0; i < 6; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        int undone = 0, executed = 0;
        for (int step = 0; step < TestSettings.Scale(40, 600); step++)
        {
            switch (random.Next(8))
            {
                case 0: await _rollup.DepositAsync(random.Next(1, 9), (ulong)random.Next(1, 1_000)); break;
                case 1: await _rollup.ForceAsync(_rollup.Pay(random.Next(1, 5), random.Next(1, 9), 3)); break;
                case 2: await World.ReorganiseAsync(random.Next(1, 5)); break;
                case 3: await _rollup.AppendAsync(random.Bytes(random.Next(60)), length: random.Next(60)); break;
                default:
                    (DerivationStatus status, List<ExecutedBatch> batches) = await _rollup.SyncAsync();
                    undone += status.WasUndone ? 1 : 0;
                    executed += batches.Count(batch => batch.Verdict == BatchVerdict.Executed);
                    int forced = Math.Min(10, _rollup.Node.Deriver.WaitingItems.Count());
                    await _rollup.AppendAsync(_rollup.Encode([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => _rollup.Pay(random.Next(1, 5), random.Next(1, 9), (ulong)random.Next(1, 90)))]), forced);
                    break;
            }
        }
        Assert.True(undone > 0 && executed > 5, $"{undone} undone, {executed} executed");
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    [Fact]
    public void RulesAndCodecs_AreBareTogether()
    {
        DerivationRules rules = _rollup.Rules;
        Assert.Throws<ArgumentException>(() => Derive(rules with { Signatures = SignatureMode.PerTransaction }));
        Assert.Throws<ArgumentException>(() => Derive(rules with { IsListed = true }));
        Assert.Throws<ArgumentException>(() => Derive(rules with { IsBare = false }));
        Assert.Throws<ArgumentException>(() => new Deriver<Payment, KeccakTree>(rules, _rollup.Transition(), _ => new PaymentCodec(new TestNames(1), PaymentLimits.Default), new PaymentAccess(BareRollup.ChainId)));
        Derive(rules);

        void Derive(DerivationRules other) => _ = new Deriver<Payment, KeccakTree>(other, _rollup.Transition(), BareRollup.Codec, new PaymentAccess(BareRollup.ChainId));
    }

    protected override async Task PrepareAsync() => _rollup = await BareRollup.StartAsync(World, rules => rules with { Limits = new BatchLimits(500, 1 << 16) });

    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}
