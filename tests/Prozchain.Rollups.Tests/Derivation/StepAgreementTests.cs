using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>What derivation says of a batch is what its steps say, one after the other: the state, what leaves, what was used, and each status.</summary>
public sealed class StepAgreementTests
{
    private const int People = 5;

    private static readonly L1Address s_bridge = new([.. Enumerable.Repeat((byte)7, 20)]), s_outside = new([.. Enumerable.Repeat((byte)8, 20)]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batches_OfAnything_AreWhatTheirStepsAre(bool isListed)
    {
        int over = 0, empty = 0, full = 0;
        var seen = new HashSet<TransitionStatus>();
        for (int seed = 0; seed < TestSettings.Scale(20, 300); seed++)
        {
            var random = new SeededRandom((ulong)seed + TestSettings.Seed);
            // Room for one payment, for a few, or for any number.
            ulong room = random.Next(3) switch { 0 => 20_000UL, 1 => 60_000, _ => ulong.MaxValue };
            var rules = new PaymentRules(RollupHarness.ChainId, RollupHarness.Person(9).Address) { Caps = new BatchCaps(ResourceUse.Unlimited, new ResourceUse(room, room)) };
            var run = new Run(rules, isListed, random);
            for (int batch = 0; batch < 8; batch++)
            {
                ExecutedBatch executed = run.Next();
                over += executed.Verdict == BatchVerdict.OverCap ? 1 : 0;
                empty += executed.ForcedCount == 0 ? 1 : 0;
                full += executed.Statuses[..executed.ForcedCount].Contains(TransitionStatus.OverCap) ? 1 : 0;
                foreach (TransitionStatus status in executed.Statuses) seen.Add(status);
            }
        }
        Assert.True(over > 3 && empty > 3 && full > 0, $"{over} over, {empty} empty, {full} full");
        Assert.Superset(
            new HashSet<TransitionStatus>
            {
                TransitionStatus.Applied, TransitionStatus.InsufficientBalance, TransitionStatus.Malformed, TransitionStatus.BadSignature, TransitionStatus.WrongNonce, TransitionStatus.UnknownSender,
                TransitionStatus.CannotPayFee, TransitionStatus.SentBack, TransitionStatus.OverCap,
            },
            seen);
    }

    /// <summary>A rollup that is derived, and executed step by step from proofs.</summary>
    private sealed class Run
    {
        private readonly DerivationRules _rules;
        private readonly SeededRandom _random;
        private readonly Deriver<Payment, KeccakTree> _deriver;
        private readonly PaymentStep<KeccakTree> _steps;
        private readonly Payments<KeccakTree> _native;
        private readonly ResourceUse _cap;
        private readonly StateStore<KeccakTree> _state = new();
        private readonly EffectLog _effects = new();
        private ulong _time = 1_000, _queued, _taken;

        public Run(PaymentRules rules, bool isListed, SeededRandom random)
        {
            (_random, _cap) = (random, rules.Caps.Batch);
            _rules = new DerivationRules(RollupHarness.ChainId, default, s_bridge, 0) { BatchCap = _cap, IsListed = isListed };
            _deriver = new Deriver<Payment, KeccakTree>(_rules, new Payments<KeccakTree>(rules, new HashVerifier(), keyMemo: 64), RollupHarness.Codec, new PaymentAccess(RollupHarness.ChainId), Fund);
            _native = new Payments<KeccakTree>(rules, new HashVerifier(), keyMemo: 64);
            _steps = new PaymentStep<KeccakTree>(rules, new HashVerifier());
            Fund(_state);

            void Fund(IStateView view)
            {
                var transition = new Payments<KeccakTree>(rules, new HashVerifier(), keyMemo: 64);
                for (int i = 0; i < People; i++) transition.ApplyInbound(new InboundMessage { Recipient = RollupHarness.Person(i).Address, Amount = 500 }, new BatchContext(RollupHarness.ChainId, 0, 0, 0), view, new EffectLog());
            }
        }

        public ExecutedBatch Next()
        {
            int forced = _random.Next(9);
            var items = new List<StepItem>();
            for (int i = 0; i < forced; i++) items.Add(Queue());
            Payment[] own = [.. Enumerable.Range(0, _random.Next(9)).Select(_ => Any())];
            var output = new ArrayBufferWriter<byte>();
            DerivedTip tip = _deriver.Tip;
            new BatchCodec<Payment>(RollupHarness.Codec(_deriver.State), BatchLimits.Default).Write(
                new BatchHead(tip.NextBatch, tip.Check, 0, forced, ColumnLayout.Packed, SignatureMode.PerTransaction, own.Length), own, [], output);
            ReadOnlyMemory<byte> source = RollupHarness.Sources(output.WrittenSpan.ToArray())[0];
            items.AddRange(own.Select(payment => StepItem.Of(payment)));
            _time += (ulong)_random.Next(50);
            _taken += (ulong)forced;
            Digest32 root = own.Length == 0 || !_rules.IsListed ? default : new ClaimTree(Claim.HeightOf((ulong)own.Length), [.. items.Skip(forced).Select(item => item.Digest())]).Claim.Root;
            var posting = new PostedBatch(tip.NextBatch, default, SourceKind.Calldata, default, (ulong)source.Length, root, _rules.IsListed ? (ulong)own.Length : 0, _time, _taken, tip.NextBatch + 1);
            bool isShown = _rules.IsListed && _random.Next(2) == 0;
            ExecutedBatch executed = isShown ? _deriver.Execute(posting, [.. items.Skip(forced).Select(item => item.Data)]) : _deriver.Execute(posting, source)!;
            Compare(executed, items);
            return executed;
        }

        private void Compare(ExecutedBatch executed, List<StepItem> items)
        {
            if (_rules.IsListed)
            {
                var copied = new List<StepItem>();
                _deriver.CopySteps(copied);
                Assert.Equal(items.Select(item => item.Digest()), copied.Select(item => item.Digest()));
            }
            BatchContext context = executed.Context;
            _effects.Begin(context);
            StepMachine machine = StepMachine.Begin(_state.Root()), afterForced = machine;
            Assert.Equal(executed.PreRoot, machine.StateRoot);
            (long mark, int said) = (_state.Mark(), 0);
            var roots = new Digest32[executed.RootCount];
            Assert.True(_deriver.TryGetRoots(executed, roots));
            for (int i = 0; i < items.Count; i++)
            {
                StepProof proof = _steps.Prove(_state, _effects, machine, items[i], context);
                Assert.Equal(StepFault.None, _steps.Execute(proof, context, out TransitionOutcome outcome, out machine));
                if (items[i].Kind != StepKind.ForcedPayment || outcome.Status != TransitionStatus.OverCap) Assert.Equal(outcome, Native(items[i], context));
                Assert.Equal((machine.StateRoot, machine.ExitRoot), (_state.Root(), _effects.ExitRoot()));
                if (i < executed.Statuses.Length) Assert.Equal((outcome.Status, machine.StateRoot), (executed.Statuses[i], roots[i]));
                if (items[i].Kind != StepKind.Payment) (afterForced, mark, said) = (machine, _state.Mark(), _effects.Mark());
            }
            ResourceUse used = machine.Used;
            Assert.Equal(StepFault.None, _steps.Execute(_steps.Prove(_state, _effects, machine, StepItem.Close, context), context, out _, out machine));
            bool isOver = !used.FitsIn(_cap);
            if (isOver)
            {
                _state.Revert(mark);
                _effects.Revert(said);
            }
            Assert.Equal(isOver, executed.Verdict == BatchVerdict.OverCap);
            Assert.Equal(isOver ? afterForced.Used : used, executed.Resources);
            Assert.Equal((machine.StateRoot, machine.ExitRoot), (executed.PostRoot, executed.ExitRoot));
            Assert.Equal(_state.Root(), executed.PostRoot);
            Assert.Equal(isOver ? executed.ForcedCount : items.Count, executed.Statuses.Length);
            _state.Checkpoint();
        }

        private TransitionOutcome Native(in StepItem item, in BatchContext context)
        {
            if (item.TryReadDeposit(out InboundMessage deposit)) return _native.ApplyInbound(deposit, context, _state, _effects);
            if (!item.TryReadPayment(out Payment payment)) return new(TransitionStatus.Malformed, item.Kind == StepKind.Deposit ? default : PaymentRules.Intrinsic);
            var authentic = new bool[1];
            _native.Authenticate([payment], authentic);
            return _native.Apply(payment, authentic[0], context, _state, _effects);
        }

        private StepItem Queue()
        {
            bool isDeposit = _random.Next(2) == 0;
            byte[] data = isDeposit
                ? StepItem.Of(new InboundMessage { Token = (uint)_random.Next(2), Amount = _random.Next(8) == 0 ? UInt128.MaxValue : (UInt128)_random.Next(90), Recipient = _random.Next(8) == 0 ? default : RollupHarness.Person(_random.Next(People + 2)).Address, Sender = s_outside }).Data.ToArray()
                : StepItem.Of(Any()).Data.ToArray();
            data = _random.Next(10) switch
            {
                0 => data[..^1],
                1 => [.. data, 0],
                2 => [],
                3 => _random.Bytes(_random.Next(400)),
                4 => Flipped(data),
                _ => data,
            };
            _deriver.Queue(new ForcedItem(_queued++, isDeposit ? s_bridge : s_outside, data, 0));
            return new StepItem(isDeposit ? StepKind.Deposit : StepKind.ForcedPayment, data);
        }

        private byte[] Flipped(byte[] data)
        {
            data[_random.Next(data.Length)] ^= (byte)(1 << _random.Next(8));
            return data;
        }

        private Payment Any()
        {
            int from = _random.Next(People + 1);
            AccountAddress sender = RollupHarness.Person(from).Address;
            ulong nonce = _deriver.State.Read(PaymentKeys.Account(sender), out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, out PaymentAccount account) ? account.Nonce : 0;
            var payment = new Payment
            {
                Sender = sender, Nonce = nonce + (_random.Next(3) == 0 ? (ulong)_random.Next(3) : 0), Recipient = RollupHarness.Person(_random.Next(People + 2)).Address, Amount = (UInt128)_random.Next(120), Fee = (UInt128)_random.Next(3),
            };
            payment = _random.Next(12) switch
            {
                0 => payment with { Kind = PaymentKind.Withdraw, Recipient = default, L1Recipient = s_outside, Amount = payment.Amount + 1 },
                1 => payment with { Kind = PaymentKind.Message, Recipient = default, Amount = 0, L1Recipient = s_outside, Payload = _random.Bytes(_random.Next(100)) },
                2 => payment with { Kind = (PaymentKind)_random.Next(256) },
                3 => payment with { Payload = _random.Bytes(_random.Next(2_000)) },
                4 => payment with { Fee = 1_000_000 },
                5 => payment with { Amount = UInt128.MaxValue },
                _ => payment,
            };
            payment = RollupHarness.Sign(from, payment);
            return _random.Next(12) switch
            {
                0 => payment with { Amount = payment.Amount + 1 },
                1 => payment with { Signed = new Authorization(_random.Bytes(_random.Next(140)), _random.Bytes(_random.Next(140))) },
                2 => payment with { Sponsored = new Authorization(_random.Bytes(3), default) },
                _ => payment,
            };
        }
    }
}
