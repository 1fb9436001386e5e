using System.Buffers;
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
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;
using B = Prozchain.Rollups.Evm.BridgeContract;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Bridge;

/// <summary>
/// <see cref="ConservationTests"/> where accounts are numbered, batches are rows that nobody need have signed, and proofs end lies: after every step the bridge holds what
/// the rollup owes, supply is what accounts have, and nonces are what was paid for. In the end the rollup stands still, everybody leaves, and nothing is left.
/// </summary>
public sealed partial class ProofConservationTests : IAsyncDisposable
{
    private const uint Tokens = 2;
    private const int FeePercent = 7;
    private const ulong MostFee = 1_000_000_000_000_000UL << 4;

    private readonly InProcessWorld _world = new();
    private readonly List<Payment?> _queued = [];
    private readonly Dictionary<Digest32, HashSigner> _keys = [];
    private readonly Dictionary<uint, ulong> _nonces = [];
    private ProofRollup _rollup = null!;
    private SeededRandom _random = null!;
    private DerivationNode<Payment, Sha256Tree> _plain = null!;
    private L1Address _token;
    private int _lies, _withdrawals, _valid, _sponsored, _taken;

    private RollupAddresses At => _rollup.At;

    private StateStore<Sha256Tree> State => _plain.Deriver.State;

    private uint Accounts => CountOf(State);

    private static uint CountOf(StateStore<Sha256Tree> state) => state.Read(PaymentKeys.Accounts<Sha256Tree>(), out ReadOnlySpan<byte> value) == StateReadStatus.Found ? BinaryPrimitives.ReadUInt32LittleEndian(value) : 0;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Value_UnderAnySchedule_IsConserved(int seed)
    {
        _random = new SeededRandom(TestSettings.Seed + (ulong)seed);
        _rollup = await ProofRollup.StartAsync(_world, ProofRollup.HostOn(_world, new HashVerifier()), ProofRollupSetup.Many);
        _plain = _rollup.NewDerivation();
        foreach (ISigner key in _rollup.Keys) _keys.Add(AccountAddress.FromPublicKey(key.PublicKey.Span).Digest, (HashSigner)key);
        _token = await _world.DeployAsync("TestToken", (ulong)FeePercent);
        await _world.DoAsync(ProofRollup.User, _token, TestTokenTwin.Mint, 0, _world.AddressOf(ProofRollup.User), 1_000_000UL);
        await _world.DoAsync(ProofRollup.User, At.Bridge, B.Register, 0, _token);
        for (int i = 0; i < 3; i++)
        {
            await DepositAsync(i, 5_000);
            await DepositTokenAsync(i, 5_000);
        }
        for (int step = 0; step < TestSettings.Scale(60, 600); step++)
        {
            await StepAsync();
            await CheckAsync();
        }
        await LeaveAsync();
        Assert.True(_lies > 0 && _withdrawals > 0 && _sponsored > 0 && _valid > 30, $"{_lies} lies, {_withdrawals} withdrawals, {_sponsored} sponsored, {_valid} valid");
    }

    public async ValueTask DisposeAsync()
    {
        _rollup?.Dispose();
        await _world.DisposeAsync();
    }

    private async Task StepAsync()
    {
        switch (_random.Next(14))
        {
            case 0: await DepositAsync(_random.Next(4), (ulong)_random.Next(1, 900)); break;
            case 1: await DepositTokenAsync(_random.Next(4), (ulong)_random.Next(1, 900)); break;
            // To no account, so that it goes back.
            case 2:
                await _world.DoAsync(ProofRollup.User, At.Bridge, B.DepositEther, MostFee + 6, 6UL, (ulong)AccountAddress.NumberScheme, AccountAddress.FromNumber(900).Digest);
                _queued.Add(null);
                break;
            case 3: await ForceAsync(); break;
            case 4 or 5: await WithdrawAsync(); break;
            case 6 or 7 or 8:
                await ClaimAsync();
                await _world.AdvanceAsync(TimeSpan.FromHours(_random.Next(1, 250)));
                await ClaimAsync();
                break;
            default: await AppendAsync([.. Enumerable.Range(0, _random.Next(9)).Select(_ => Row())]); break;
        }
    }

    // A row that followers execute, whoever signed it, by the state before the batch.
    private Payment Row()
    {
        uint from = Somebody(), sponsor = Somebody();
        var payment = new Payment { Sender = AccountAddress.FromNumber(from), Fee = (UInt128)_random.Next(3), FeeToken = (uint)_random.Next((int)Tokens), IsBare = true, KeySkip = (uint)_random.Next(2) };
        if (_random.Next(3) == 0 && sponsor != from) payment = payment with { Sponsor = AccountAddress.FromNumber(sponsor) };
        UInt128 amount = _random.Next(12) == 0 ? 1_000_000 : (UInt128)_random.Next(1, 90);
        return _random.Next(7) switch
        {
            0 => payment with { Kind = PaymentKind.Withdraw, Amount = amount, Token = (uint)_random.Next((int)Tokens), L1Recipient = _world.AddressOf(ProofRollup.Other) },
            1 => payment with { Kind = PaymentKind.Message, Payload = _random.Bytes(_random.Next(50)), L1Recipient = _world.AddressOf(ProofRollup.Other) },
            2 => payment with { Amount = amount, Token = (uint)_random.Next((int)Tokens), Recipient = (Accounts < 9 && _random.Next(2) == 0 ? NewKey() : _keys.Values.ElementAt(_random.Next(_keys.Count))).Address },
            3 when _random.Next(2) == 0 => payment with { Kind = PaymentKind.RotateKey, Payload = NewKey().PublicKey },
            _ => payment with { Amount = amount, Token = (uint)_random.Next((int)Tokens), Recipient = AccountAddress.FromNumber(Somebody()) },
        };

        uint Somebody() => (uint)_random.Next((int)Accounts + (_random.Next(8) == 0 ? 2 : 0));
    }

    private HashSigner NewKey()
    {
        var key = new HashSigner(1_000 + _keys.Count, isHashBased: true);
        _keys.Add(key.Address.Digest, key);
        return key;
    }

    private async Task AppendAsync(List<Payment> rows)
    {
        await _plain.SyncAsync(null, Cancellation);
        DerivedTip tip = _plain.Deriver.Tip;
        int forced = Math.Min(_plain.Deriver.WaitingItems.Count(), 10);
        var output = new ArrayBufferWriter<byte>();
        new BatchCodec<Payment>(ProofRollup.Codec(State), BatchLimits.Default).Write(BatchHead.Upon(tip.Root, rows.Count), rows.ToArray(), [], output);
        // Now and then bytes that are no batch: then forced items alone count.
        bool isBatch = _random.Next(6) > 0;
        byte[] source = isBatch ? output.WrittenSpan.ToArray() : _random.Bytes(_random.Next(1, 40));
        var commitment = new byte[Digest32.Size];
        await _rollup.Data.PublishAsync(source, commitment, Cancellation);
        AbiValue list = InboxContract.ListOf(default, 0, (await _world.BlockAsync()).TimestampSeconds);
        await _world.DoAsync(ProofRollup.Sequencer, At.Inbox, InboxContract.AppendCertified, 0, tip.NextBatch, new Digest32(commitment), (ulong)source.Length, AbiValue.Of(ReadOnlyMemory<byte>.Empty), (ulong)forced, list);
        await _rollup.SyncAsync();
        ExecutedBatch batch = _rollup.Batches[^1];
        Assert.Equal((tip.NextBatch, forced, forced + (isBatch ? rows.Count : 0)), (batch.Posting.Number, batch.ForcedCount, batch.Statuses.Length));
        for (int i = 0; i < batch.Statuses.Length; i++)
        {
            Payment? payment = i < forced ? _queued[_taken + i] : rows[i - forced];
            if (payment is not { } paid || !batch.Statuses[i].IsValid()) continue;
            Assert.True(paid.Sender.TryGetNumber(out uint number));
            _nonces[number] = _nonces.GetValueOrDefault(number) + 1;
            _valid++;
            if (paid.Sponsor != default && paid.Fee > 0) _sponsored++;
        }
        _taken += forced;
    }

    private async Task DepositAsync(int person, ulong amount)
    {
        await _rollup.DepositAsync(person, amount);
        _queued.Add(null);
    }

    private async Task DepositTokenAsync(int person, ulong amount)
    {
        AccountAddress address = AccountAddress.FromPublicKey(_rollup.Keys[person].PublicKey.Span);
        await _world.DoAsync(ProofRollup.User, At.Bridge, B.DepositToken, MostFee, 1UL, amount, (ulong)address.Scheme, address.Digest);
        _queued.Add(null);
    }

    // A payment as somebody signs it, mostly with the next nonce.
    private async Task ForceAsync()
    {
        AccountAddress sender = AccountAddress.FromNumber((uint)_random.Next((int)Accounts));
        ReadOnlyMemory<byte> data = _random.Bytes(30);
        Payment? forced = null;
        if (_random.Next(4) > 0 && TryRead(sender, out PaymentAccount account))
        {
            HashSigner key = _keys[account.KeyDigest];
            key.Index = account.NextKey;
            Payment payment = Row() with { IsBare = false, KeySkip = 0, Sponsor = default, Sender = sender, Nonce = account.Nonce + (uint)(_random.Next(5) / 4) };
            payment = PaymentMessage.Sign(payment, key, ProofRollup.ChainId);
            (data, forced) = (StepItem.Of(payment, isForced: true).Data, payment);
        }
        await _world.DoAsync(ProofRollup.User, At.Inbox, InboxContract.Enqueue, MostFee, AbiValue.Of(data));
        _queued.Add(forced);
    }

    // The proposer lies now and then: one proof ends that.
    private async Task ClaimAsync()
    {
        ulong next = (await _world.ReadAsync(At.StateChain, C.FinalCount))[0].ToUInt64(), count = (await _rollup.SyncAsync()).Tip.NextBatch;
        ulong claimed = next;
        while (claimed < count && (await _world.ReadAsync(At.StateChain, C.Claims, claimed))[0].ToDigest() != default) claimed++;
        if (claimed < count && _random.Next(3) == 0)
        {
            _lies++;
            var lie = new LyingSource(_rollup.Node, claimed, _random.Next(8));
            await RollupSuite.RunAsync(() => new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, lie).StepAsync(Cancellation));
            await RollupSuite.RunAsync(() => new Refuter(_rollup.Live(ProofRollup.Honest), At, _rollup.Node, _rollup.Proofs).StepAsync(Cancellation));
        }
        await RollupSuite.RunAsync(() => new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, _rollup.Node).StepAsync(Cancellation));
        await RollupSuite.RunAsync(() => new SegmentProver(_rollup.Live(ProofRollup.Honest), At, _rollup.Node, _rollup.Proofs, 0, ProofRollup.Policy).StepAsync(Cancellation));
    }

    // Everything that left in a final batch and is proven where that is asked, once, and not a second time.
    private async Task WithdrawAsync(ulong most = ulong.MaxValue)
    {
        await _rollup.SyncAsync();
        ulong final = Math.Min(most, (await _world.ReadAsync(At.StateChain, C.FinalCount))[0].ToUInt64());
        for (ulong batch = 0; batch < final; batch++)
        {
            EffectLog effects = _rollup.Batches[(int)batch].Effects;
            for (int i = 0; i < effects.Count; i++)
            {
                if (effects[i].Kind != EffectKind.Withdrawal) continue;
                if (!(await _world.ReadAsync(At.Bridge, B.IsTaken, batch, (ulong)i))[0].ToBool())
                {
                    await _world.DoAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(batch, i));
                    _withdrawals++;
                }
                Assert.Equal($"AlreadyTaken({batch}, {i})", await _world.RevertAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, B.Errors, _rollup.WithdrawalOf(batch, i)));
            }
        }
    }

    private async Task CheckAsync()
    {
        DerivationStatus status = await _rollup.SyncAsync();
        await _plain.SyncAsync(null, Cancellation);
        Assert.Null(status.WaitsFor);
        for (uint token = 0; token < Tokens; token++) await CheckAsync(token, status.Tip);
        for (uint number = 0; number < Accounts; number++)
        {
            Assert.True(TryRead(AccountAddress.FromNumber(number), out PaymentAccount account));
            Assert.Equal((_nonces.GetValueOrDefault(number), number), (account.Nonce, account.Index));
        }
    }

    private async Task CheckAsync(uint token, DerivedTip tip)
    {
        UInt128 came = 0, taken = 0, went = 0, sum = 0;
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
        Assert.Equal(escrow, came - taken + totals.Supply + (totals.Left - went));
        for (uint number = 0; number < Accounts; number++) sum += Balance(AccountAddress.FromNumber(number), token);
        Assert.Equal(totals.Supply, sum);
    }

    private UInt128 Balance(in AccountAddress account, uint token)
    {
        if (token == 0) return TryRead(account, out PaymentAccount read) ? read.Balance : 0;
        return State.Read(PaymentKeys.Balance<Sha256Tree>(account, token), out ReadOnlySpan<byte> value) == StateReadStatus.Found ? BinaryPrimitives.ReadUInt128LittleEndian(value) : 0;
    }

    private bool TryRead(in AccountAddress account, out PaymentAccount read) => TryRead(State, account, out read);

    private static bool TryRead(StateStore<Sha256Tree> state, in AccountAddress account, out PaymentAccount read)
    {
        read = default;
        return state.Read(account.Digest, out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, AccountLayout.Numbered, out read);
    }
}
