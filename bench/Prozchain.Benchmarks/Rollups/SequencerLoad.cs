using System.Buffers;
using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>
/// Batches of 20,000 transfers among 10,000 accounts drawn log-uniformly, from signed payments to an encoded batch and its
/// root, and back. Signatures are checked on all cores; the rest is on one.
/// </summary>
internal sealed class SequencerLoad
{
    public const int Count = 20_000;

    private const int Accounts = 10_000, Batches = 4, Chunk = 256;
    private const ulong ChainId = 1;

    private readonly ISigner[]? _signers;
    private readonly AccountAddress[] _accounts;
    private readonly ulong[] _nonces = new ulong[Accounts];
    private readonly Random _random = Seeded.Random(5);
    private readonly Payment[] _payments = new Payment[Count];
    private readonly bool[] _authentic = new bool[Count];
    private readonly DerivationRules _rules;
    private readonly Func<ISignatureVerifier> _verifier;
    private readonly PaymentAccess _access = new(ChainId);

    public SequencerLoad(Func<int, ISigner>? signer, Func<ISignatureVerifier> verifier)
    {
        _verifier = verifier;
        _signers = signer is null ? null : [.. Enumerable.Range(0, Accounts).Select(signer)];
        _accounts = [.. Enumerable.Range(0, Accounts).Select(i => AccountAddress.FromPublicKey(_signers is null ? [AccountAddress.P256Scheme, .. BitConverter.GetBytes(i), .. new byte[60]] : _signers[i].PublicKey.Span))];
        _rules = new DerivationRules(ChainId, default, new L1Address([.. new byte[19], 9]), 0)
        {
            UndoBatches = 4, Signatures = signer is null ? SignatureMode.None : SignatureMode.PerTransaction,
        };
    }

    /// <summary>Checks signatures, pools, executes, works out the root, encodes.</summary>
    public QuickBody Sequence()
    {
        (StateStore<KeccakTree> state, DerivedTip tip, IStateTransition<Payment> transition) = Start();
        var producer = new BatchProducer<Payment, KeccakTree>(_rules, transition, Codec, _access, state, tip);
        var pool = new TransactionPool<Payment>(_access, new ArrivalOrder(), new PoolOptions());
        var check = new SignatureCheck<Payment>(Transition, Environment.ProcessorCount);
        void Run()
        {
            if (_signers is null) _authentic.AsSpan().Fill(true);
            else check.Check(_payments, _authentic);
            for (int i = 0; i < Count; i += Chunk) transition.Prepare(_payments.AsSpan(i, Math.Min(Chunk, Count - i)));
            for (int i = 0; i < Count; i++)
                if (!_authentic[i] || pool.Add(_payments[i]) != PoolResult.Accepted) throw new InvalidOperationException("Expected every payment in the pool.");
            Make(producer, pool);
        }
        return new QuickBody(Run, Count, null, Next);
    }

    /// <summary>The check of signatures alone.</summary>
    public QuickBody Check()
    {
        var check = new SignatureCheck<Payment>(Transition, Environment.ProcessorCount);
        Next();
        return new QuickBody(() => check.Check(_payments, _authentic), Count);
    }

    /// <summary>Reads batches that were sequenced, checks and executes them, and works out their roots.</summary>
    public QuickBody Derive()
    {
        (StateStore<KeccakTree> state, DerivedTip tip, IStateTransition<Payment> transition) = Start();
        var producer = new BatchProducer<Payment, KeccakTree>(_rules, transition, Codec, _access, state, tip);
        var pool = new TransactionPool<Payment>(_access, new ArrivalOrder(), new PoolOptions());
        var sources = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < Batches; i++)
        {
            Next();
            foreach (Payment payment in _payments) pool.Add(payment);
            var content = new ArrayBufferWriter<byte>();
            ChannelContent.Write([Make(producer, pool)], null, content);
            Frame.Split(content.WrittenSpan, int.MaxValue, sources.Add);
        }
        Deriver<Payment, KeccakTree>? deriver = null;
        void Run()
        {
            for (int i = 0; i < Batches; i++)
            {
                var posting = new PostedBatch((ulong)i, default, SourceKind.Calldata, default, 0, default, 0, 0, 0, 0);
                if (deriver!.Execute(posting, sources[i])!.Verdict != BatchVerdict.Executed) throw new InvalidOperationException("Expected a batch, got none.");
            }
            if (deriver!.Tip.Root != producer.Tip.Root) throw new InvalidOperationException("Expected the sequencer's root, got another.");
        }
        return new QuickBody(Run, Batches * Count, null, () => deriver = new Deriver<Payment, KeccakTree>(_rules, Transition(), Codec, _access, Fund, isHashed: false));
    }

    private static PaymentCodec Codec(IStateView view) => new(new StateAccountNames<KeccakTree>(view), PaymentLimits.Default);

    private static ReadOnlyMemory<byte> Make(BatchProducer<Payment, KeccakTree> producer, TransactionPool<Payment> pool)
    {
        producer.Open(0, 0, []);
        pool.Drain(producer, static (into, payment) => into.TryAdd(payment, out _) == InclusionResult.Included ? PoolFate.Gone : PoolFate.Full);
        if (producer.Close(out ReadOnlyMemory<byte> bytes).Count != Count) throw new InvalidOperationException($"Expected {Count} payments in the batch.");
        return bytes.ToArray();
    }

    private Payments<KeccakTree> Transition() => new(new PaymentRules(ChainId, _accounts[0]) { KeysAreShown = _signers is not null }, _verifier(), keyMemo: 1 << 16);

    private (StateStore<KeccakTree>, DerivedTip, IStateTransition<Payment>) Start()
    {
        var state = new StateStore<KeccakTree>(_rules.UndoBatches);
        Fund(state);
        Array.Clear(_nonces);
        return (state, new DerivedTip(0, 0, default, new BatchContext(ChainId, 0, 0, 0), default, state.Root()), Transition());
    }

    private void Fund(IStateView state)
    {
        Payments<KeccakTree> transition = Transition();
        var effects = new EffectLog();
        foreach (AccountAddress account in _accounts) transition.ApplyInbound(new InboundMessage { Recipient = account, Amount = 1UL << 50 }, new BatchContext(ChainId, 0, 0, 0), state, effects);
    }

    private void Next()
    {
        var senders = new int[Count];
        for (int i = 0; i < Count; i++)
        {
            senders[i] = Draw();
            _payments[i] = new Payment { Sender = _accounts[senders[i]], Nonce = _nonces[senders[i]]++, Recipient = _accounts[Draw()], Amount = (ulong)_random.Next(1, 1_000_000), Fee = 1 };
        }
        if (_signers is null) return;
        // A signer serves one at a time: each core has senders of its own.
        Parallel.For(0, Environment.ProcessorCount, core =>
        {
            for (int i = 0; i < Count; i++)
                if (senders[i] % Environment.ProcessorCount == core) _payments[i] = PaymentMessage.Sign(_payments[i], _signers[senders[i]], ChainId);
        });
    }

    private int Draw() => (int)Math.Exp(_random.NextDouble() * Math.Log(Accounts)) - 1;
}
