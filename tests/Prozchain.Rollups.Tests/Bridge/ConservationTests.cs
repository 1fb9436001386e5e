using System.Buffers.Binary;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;
using Prozchain.Testing;
using B = Prozchain.Rollups.Evm.BridgeContract;
using C = Prozchain.Rollups.Evm.StateChainContract;
using H = Prozchain.Rollups.Evm.EscapeHatchContract;

namespace Prozchain.Rollups.Tests.Bridge;

/// <summary>
/// Deposits of two tokens, batches of every kind, lies and disputes, withdrawals, pauses, reorganisations, in any order: after every
/// step the bridge holds what the rollup owes. In the end the rollup stands still, everybody leaves, and nothing is left.
/// </summary>
public sealed class ConservationTests : IAsyncDisposable
{
    // Of the second token a part of every transfer is lost.
    private const int People = 6, Tokens = 2, FeePercent = 7;

    private readonly InProcessWorld _world = new();
    private PaymentRollup _rollup = null!;
    private SeededRandom _random = null!;
    private ulong _shownAt;
    private int _lies, _withdrawals, _pauses, _sponsored;
    private L1Address _token;

    private RollupAddresses At => _rollup.At;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Value_UnderAnySchedule_IsConserved(int seed)
    {
        _random = new SeededRandom(TestSettings.Seed + (ulong)seed);
        _rollup = await PaymentRollup.StartAsync(_world, new BatchCaps(ResourceUse.Unlimited, new ResourceUse(80_000, ulong.MaxValue)));
        _token = await _world.DeployAsync("TestToken", (ulong)FeePercent);
        await _world.DoAsync(PaymentRollup.User, _token, TestTokenTwin.Mint, 0, _world.AddressOf(PaymentRollup.User), 1_000_000UL);
        await _world.DoAsync(PaymentRollup.User, At.Bridge, B.Register, 0, _token);
        for (int i = 0; i < 4; i++)
        {
            await _rollup.DepositAsync(i, 5_000);
            await DepositTokenAsync(i, 5_000);
        }
        for (int step = 0; step < TestSettings.Scale(80, 600); step++)
        {
            await StepAsync();
            await CheckAsync();
        }
        await LeaveAsync();
        Assert.True(_lies > 0 && _withdrawals > 0 && _pauses > 0 && _sponsored > 0, $"{_lies} lies, {_withdrawals} withdrawals, {_pauses} pauses, {_sponsored} sponsored");
    }

    public async ValueTask DisposeAsync()
    {
        _rollup?.Dispose();
        await _world.DisposeAsync();
    }

    private async Task StepAsync()
    {
        switch (_random.Next(18))
        {
            case 0: await _rollup.DepositAsync(_random.Next(5), (ulong)_random.Next(1, 900)); break;
            case 12: await DepositTokenAsync(_random.Next(5), (ulong)_random.Next(1, 900)); break;
            case 13:
                // The deputy may not pause again so soon: then nothing happens.
                if ((await _world.SendAsync(PaymentRollup.Sequencer, new ChainCall(At.Guardian, GuardianContract.Pause.Encode()))).IsOk) _pauses++;
                break;
            case 14: await ReleaseAsync(); break;
            case 1: await _world.DoAsync(PaymentRollup.User, At.Bridge, B.DepositEther, PaymentRollup.MostFee + 6, 6UL, 0UL, new Digest32()); break;
            case 2: await ForceAsync(); break;
            case 3 when _world.Chain.Head.Number > _shownAt + 2: await _world.ReorganiseAsync(_random.Next(1, 3)); break;
            case 4:
                // It takes no forced items, and one may be due.
                while ((await _rollup.PlainAsync()).WaitingItems.Any()) await AppendAsync([]);
                await _rollup.AppendUnreadAsync([_random.Bytes(20), StepItem.Of((await PaymentsAsync(1))[0]).Data], isShown: _random.Next(2) == 0);
                _shownAt = _world.Chain.Head.Number;
                break;
            case 5 or 6: await WithdrawAsync(); break;
            case 7 or 8:
                await ClaimAsync();
                await _world.AdvanceAsync(TimeSpan.FromHours(_random.Next(1, 250)));
                await ClaimAsync();
                break;
            default: await AppendAsync(await PaymentsAsync(_random.Next(9))); break;
        }
    }

    private async Task AppendAsync(List<Payment> payments)
    {
        await _rollup.AppendAsync(payments, Math.Min((await _rollup.PlainAsync()).WaitingItems.Count(), 10), _random.Next(2) == 0);
        ExecutedBatch batch = _rollup.Batches[(await _rollup.SyncAsync()).Tip.NextBatch - 1];
        ReadOnlySpan<TransitionStatus> own = batch.Statuses[batch.ForcedCount..];
        for (int i = 0; i < own.Length; i++)
            if (own[i] == TransitionStatus.Applied && payments[i].Sponsor.Scheme != 0 && payments[i].Fee > 0) _sponsored++;
    }

    private async Task<List<Payment>> PaymentsAsync(int count)
    {
        var payments = new List<Payment>();
        RandomPayments.Add(_random, _rollup, (await _rollup.PlainAsync()).State, count, payments, Tokens);
        return payments;
    }

    private async Task DepositTokenAsync(int person, ulong amount) => await _world.DoAsync(
        PaymentRollup.User, At.Bridge, B.DepositToken, PaymentRollup.MostFee, 1UL, amount, (ulong)_rollup.AddressOf(person).Scheme, _rollup.AddressOf(person).Digest);

    private async Task ForceAsync()
    {
        if (_random.Next(3) == 0) await _rollup.ForceAsync(_random.Bytes(30));
        else await _rollup.ForceAsync((await PaymentsAsync(1))[0]);
    }

    // The proposer lies now and then, and an honest node is awake.
    private async Task ClaimAsync()
    {
        ulong next = (ulong)(await _world.EventsAsync(At.StateChain, C.Claimed)).Count, count = (await _rollup.SyncAsync()).Tip.NextBatch;
        IClaimSource source = _rollup.Node;
        if (next < count && _random.Next(3) == 0)
        {
            _lies++;
            source = new LyingSource(_rollup.Node, next, _random.Next(8));
        }
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, source);
        var liar = new Challenger(_rollup.Live(PaymentRollup.Proposer), At, source);
        var honest = new Challenger(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation), () => liar.StepAsync(Cancellation), () => honest.StepAsync(Cancellation));
    }

    private async Task<bool> IsPausedAsync() => (await _world.BlockAsync()).TimestampSeconds < (await _world.ReadAsync(At.Guardian, GuardianContract.PausedUntil))[0].ToUInt64();

    // Everything that left in a final batch whose roots are known, once, and not a second time; nothing during a pause.
    private async Task WithdrawAsync(ulong most = ulong.MaxValue)
    {
        await _rollup.SyncAsync();
        ulong final = Math.Min(most, (await _world.ReadAsync(At.StateChain, C.FinalCount))[0].ToUInt64());
        for (ulong batch = 0; batch < final; batch++)
        {
            EffectLog effects = _rollup.Batches[batch].Effects;
            if ((await _world.ReadAsync(At.StateChain, C.ExitRoot, batch))[0].ToDigest() == default) continue;
            for (int i = 0; i < effects.Count; i++)
            {
                if (effects[i].Kind != EffectKind.Withdrawal) continue;
                if (await IsPausedAsync())
                {
                    Assert.Equal("Paused()", await _world.RevertAsync(PaymentRollup.Other, At.Bridge, B.Withdraw, 0, B.Errors, _rollup.WithdrawalOf(batch, i)));
                    return;
                }
                if (!(await _world.ReadAsync(At.Bridge, B.IsTaken, batch, (ulong)i))[0].ToBool())
                {
                    await _world.DoAsync(PaymentRollup.Other, At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(batch, i));
                    _withdrawals++;
                }
                Assert.Equal($"AlreadyTaken({batch}, {i})", await _world.RevertAsync(PaymentRollup.Other, At.Bridge, B.Withdraw, 0, B.Errors, _rollup.WithdrawalOf(batch, i)));
            }
        }
    }

    private async Task CheckAsync()
    {
        DerivationStatus status = await _rollup.SyncAsync();
        Assert.Null(status.WaitsFor);
        for (uint token = 0; token < Tokens; token++) await CheckAsync(token, status.Tip);
        Assert.Equal((await _world.ReadAsync(At.Bridge, B.Escrow, 1UL))[0].ToUInt128() + (await _world.ReadAsync(At.Bridge, B.DelayedOf, 1UL))[0].ToUInt128(), await HeldAsync(1));
    }

    private async Task CheckAsync(uint token, DerivedTip tip)
    {
        UInt128 came = 0, taken = 0, went = 0;
        foreach (AbiValue e in (await _world.EventsAsync(At.Bridge, B.Deposited)).Where(e => e[2].ToUInt64() == token))
        {
            came += e[3].ToUInt128();
            if (e[0].ToUInt64() < tip.ForcedTaken) taken += e[3].ToUInt128();
        }
        foreach (AbiEvent type in new[] { B.Withdrawn, B.Delayed })
            foreach (AbiValue e in await _world.EventsAsync(At.Bridge, type)) went += e[3].ToUInt64() == token ? e[4].ToUInt128() : 0;
        UInt128 escrow = (await _world.ReadAsync(At.Bridge, B.Escrow, (ulong)token))[0].ToUInt128();
        Assert.Equal(came, escrow + went);
        if (tip.NextBatch == 0) return;
        DerivedTotals totals = (await _rollup.Node.FindTotalsAsync(token, Cancellation))!.Value;
        Assert.Equal((tip.ForcedTaken, taken), (totals.ForcedTaken, totals.Supply + totals.Left));
        // What waits in the queue, what accounts own, and what left and was not fetched.
        Assert.Equal(escrow, came - taken + totals.Supply + (totals.Left - went));
        StateStore<KeccakTree> state = (await _rollup.PlainAsync()).State;
        UInt128 sum = 0;
        for (int i = 0; i < People; i++) sum += Balance(state, i, token);
        Assert.Equal(totals.Supply, sum);
    }

    private async Task<UInt128> HeldAsync(uint token) => token == 0 ? await _world.BalanceOfAsync(At.Bridge) : (await _world.ReadAsync(_token, Erc20.BalanceOf, At.Bridge))[0].ToUInt128();

    private UInt128 Balance(StateStore<KeccakTree> state, int person, uint token) =>
        state.Read(PaymentKeys.Balance(_rollup.AddressOf(person), token), out ReadOnlySpan<byte> value) == StateReadStatus.Found ? BinaryPrimitives.ReadUInt128LittleEndian(value) : 0;

    private async Task LeaveAsync()
    {
        ulong delay = (await _world.ReadAsync(At.EscapeHatch, H.Delay))[0].ToUInt64();
        await _world.AdvanceAsync(TimeSpan.FromSeconds(delay + 1));
        await _world.DoAsync(PaymentRollup.User, At.EscapeHatch, H.Freeze, 0);
        ulong final = (await _world.ReadAsync(At.EscapeHatch, H.Frozen))[1].ToUInt64();
        Assert.True(final > 0);
        // What becomes final later is too late; what is published later is not.
        await ClaimAsync();
        await WithdrawAsync(final);

        var last = new UntilBatch(final - 1);
        DerivationNode<Payment, KeccakTree> node = _rollup.NewDerivation();
        await Assert.ThrowsAsync<OperationCanceledException>(() => node.SyncAsync(last, Cancellation));
        StateStore<KeccakTree> state = node.Deriver.State;
        Assert.Equal(state.Root(), (await _world.ReadAsync(At.EscapeHatch, H.StateRoot))[0].ToDigest());
        for (int i = 0; i < People * Tokens; i++)
        {
            (int person, uint token) = (i / Tokens, (uint)(i % Tokens));
            if (Balance(state, person, token) == 0) continue;
            EscapeProof proof = EscapeProof.TryMake(state, _rollup.AddressOf(person), token)!;
            var signature = new byte[P256Signature.SignatureSize];
            L1Address to = _world.AddressOf(PaymentRollup.Other);
            _rollup.Person(person).Sign(proof.Message(AnvilNode.ChainId, At.EscapeHatch, to), signature);
            ChainCall leave = proof.Call(At.EscapeHatch, to, _rollup.Person(person).PublicKey.Span, signature);
            Assert.True((await _world.SendAsync(PaymentRollup.User, leave)).IsOk);
            Assert.False((await _world.As(PaymentRollup.User).CallAsync(leave, Cancellation)).IsOk);
        }
        await ReclaimAsync(last.Found!);
        await _world.AdvanceAsync(TimeSpan.FromDays(8));
        await ReleaseAsync();
        for (uint token = 0; token < Tokens; token++) Assert.Equal((UInt128)0, await HeldAsync(token));
    }

    // Deposits that the last final state has not got.
    private async Task ReclaimAsync(ExecutedBatch last)
    {
        PostedBatch p = last.Posting;
        Digest32 before = p.Number == 0 ? default : (await _world.ReadAsync(At.Inbox, InboxContract.BatchHeads, p.Number - 1))[0].ToDigest();
        await _world.DoAsync(
            PaymentRollup.User, At.EscapeHatch, H.ShowBatch, 0,
            before, (ulong)p.Kind, InboxContract.CommitmentOf(p.Data, p.Posted.Items, p.Posted.Count, p.Time), p.ForcedTaken, p.ForcedHead, p.Block, p.BlockTime);
        foreach (ChainLog log in await _world.LogsAsync(At.Bridge))
        {
            if (B.Deposited.TryDecode(log.TopicList(), log.Data, out AbiValue e) != AbiReadResult.Ok) continue;
            ulong time = (await _world.BlockAsync(log.Block)).TimestampSeconds;
            AbiValue[] reclaim = [e[0], e[2], e[3], e[4], e[5], e[1], log.Block, time];
            if (e[0].ToUInt64() >= p.ForcedTaken) await _world.DoAsync(PaymentRollup.User, At.EscapeHatch, H.Reclaim, 0, reclaim);
            string error = await _world.RevertAsync(PaymentRollup.User, At.EscapeHatch, H.Reclaim, 0, H.Errors, reclaim);
            Assert.Equal(e[0].ToUInt64() >= p.ForcedTaken ? "AlreadyLeft()" : "WrongDeposit()", error);
        }
    }

    // What was too much at once, and has waited.
    private async Task ReleaseAsync()
    {
        var released = (await _world.EventsAsync(At.Bridge, B.Released)).Select(e => e[0].ToDigest()).ToHashSet();
        ulong now = (await _world.BlockAsync()).TimestampSeconds;
        foreach (AbiValue e in await _world.EventsAsync(At.Bridge, B.Delayed))
        {
            AbiValue[] call = [e[0], e[1], e[3], e[4], e[2]];
            if (released.Contains(B.Leaf(PaymentRollup.ChainId, e[0].ToUInt64(), e[1].ToUInt64(), (uint)e[3].ToUInt64(), e[4].ToUInt128(), e[2].ToAddress()))) continue;
            if (now >= e[5].ToUInt64() && !await IsPausedAsync()) await _world.DoAsync(PaymentRollup.User, At.Bridge, B.Release, 0, call);
        }
    }
}
