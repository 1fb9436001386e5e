using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Signatures;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// Makes the inputs of a rollup's provers out of what a node recorded and a sequencer keeps, and executes them again natively: the
/// same roots, exits and statuses as with the whole state. Thread-safe.
/// </summary>
/// <typeparam name="THash">The hash of the state.</typeparam>
public sealed class ProverInputs<THash> where THash : IStateHash
{
    private readonly DerivationRules _rules;
    private readonly ISignatureVerifier _verifier;
    private readonly Digest32 _setup;
    private readonly uint _feeRecipient;
    private readonly SignedRun<THash> _run;
    private readonly BatchRerun<Payment, THash> _rerun;
    private readonly Dictionary<Digest32, BatchRecord> _records = [];
    private readonly Queue<Digest32> _order = [];

    /// <summary>Inputs of one rollup.</summary>
    /// <param name="rules">How it follows from its settlement layer; batches are bare.</param>
    /// <param name="payments">Its rules of payments; accounts are numbered.</param>
    /// <param name="verifier">Checks signatures; nobody else's.</param>
    /// <param name="setup">Names the circuit.</param>
    /// <exception cref="ArgumentException">Accounts by address, or batches that are not bare.</exception>
    public ProverInputs(DerivationRules rules, PaymentRules payments, ISignatureVerifier verifier, in Digest32 setup)
    {
        ArgumentNullException.ThrowIfNull(payments);
        if (!payments.FeeRecipient.TryGetNumber(out _feeRecipient)) throw new ArgumentException($"Expected numbered accounts, got {payments.Layout}.", nameof(payments));
        _run = new SignedRun<THash>(new Payments<THash>(payments, verifier));
        _rerun = new BatchRerun<Payment, THash>(rules, _run, new PaymentRows(payments.AmountExponent), new PaymentAccess(payments.ChainId));
        (_rules, _verifier, _setup) = (rules, verifier, setup);
    }

    /// <summary>How many of the newest batches are kept.</summary>
    public int MostKept { get; init; } = 256;

    /// <summary>Keys that each record must show (<see cref="Deriver{TTransaction, THash}.AlwaysShown"/>).</summary>
    public static IReadOnlyList<Digest32> AlwaysShown { get; } = [PaymentKeys.Accounts<THash>()];

    /// <summary>Takes in what a node recorded of a batch (<see cref="Deriver{TTransaction, THash}.Recorder"/>).</summary>
    public void Add(BatchRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        lock (_records)
        {
            if (!_records.ContainsKey(record.Posting.Head)) _order.Enqueue(record.Posting.Head);
            _records[record.Posting.Head] = record;
            while (_order.Count > MostKept) _records.Remove(_order.Dequeue());
        }
    }

    /// <summary>Whether the settlement layer declared the bytes of a batch withheld, by the batch's head; false of one that is not kept. For <see cref="BatchRules.IsWithheld"/>.</summary>
    public bool IsWithheld(Digest32 head)
    {
        lock (_records) return _records.TryGetValue(head, out BatchRecord? record) && record.Posting.IsWithheld;
    }

    /// <summary>The bytes that a prover of a batch is told; none of a batch that is not kept, or whose payments are not all known as they were signed.</summary>
    /// <param name="statement">What is to be proven: the whole batch, or some of its steps.</param>
    /// <param name="signed">Finds a batch's own payments as they were signed, by its number (<see cref="Sequencing.RollupSequencer{TTransaction, THash}.FindSigned"/>).</param>
    public ReadOnlyMemory<byte> Find(in ProofStatement statement, Func<ulong, ReadOnlyMemory<Payment>?> signed)
    {
        ArgumentNullException.ThrowIfNull(signed);
        lock (_records)
        {
            if (!_records.TryGetValue(statement.BatchHead, out BatchRecord? record) || Make(record, (signed(record.Context.Number) ?? default).Span) is not { } input) return default;
            input = input with { Steps = (statement.From, statement.To) };
            var bytes = new ArrayBufferWriter<byte>();
            input.Write(bytes);
            return bytes.WrittenMemory;
        }
    }

    /// <summary>What a prover of a batch is told.</summary>
    /// <param name="record">What a node recorded of the batch.</param>
    /// <param name="signed">Its own payments as they were signed (<see cref="Sequencing.RollupSequencer{TTransaction, THash}.FindSigned"/>); not asked for where none of them counts.</param>
    /// <returns>Null if they are not the batch's, in its order.</returns>
    internal ProverInput? Make(BatchRecord record, ReadOnlySpan<Payment> signed)
    {
        ArgumentNullException.ThrowIfNull(record);
        _rerun.Read(record, out ReadOnlyMemory<Payment> own);
        if (own.Length > 0 && own.Length != signed.Length) return null;
        var signatures = new SignatureInput[own.Length];
        for (int i = 0; i < signatures.Length; i++)
        {
            signatures[i] = new SignatureInput(signed[i].Signed.Signature, signed[i].Sponsored.Signature);
            if (!signatures[i].IsWellFormed || !IsRowOf(own.Span[i], signed[i])) return null;
        }
        return new ProverInput
        {
            Setup = _setup, ChainId = record.Context.ChainId, Time = record.Context.TimestampSeconds, FeeRecipient = _feeRecipient, RootBefore = record.PreRoot, ExitRootBefore = record.ExitRootBefore,
            Previous = record.Previous, Posting = PostingOf(record), State = record.State,
            Forced = [.. record.Items.Select(item => new ForcedInput(item.Sender == _rules.Bridge, item.Sender, item.Block, item.TimestampSeconds, item.Data))],
            Source = IsFit(record.Source) ? record.Source : default, Signatures = signatures,
        };
    }

    /// <summary>Executes a batch again as its prover does, signatures and all.</summary>
    /// <param name="input">Untrusted.</param>
    /// <param name="batch">What came of it.</param>
    /// <returns>False if it is of another rollup or circuit, the state that is shown is not the one before or not enough, or a payment was not signed.</returns>
    internal bool TryExecute(ProverInput input, out ExecutedBatch? batch)
    {
        ArgumentNullException.ThrowIfNull(input);
        batch = null;
        if (input.Setup != _setup || input.ChainId != _rules.ChainId || input.FeeRecipient != _feeRecipient) return false;
        if (!input.Forced.All(item => item.IsDeposit == (item.Sender == _rules.Bridge))) return false;
        _run.Clear();
        if (!_rerun.TryExecute(RecordOf(input), out ExecutedBatch? executed) || !_run.AreSigned(input.Signatures, _verifier)) return false;
        batch = executed;
        return true;
    }

    private static BatchRecord RecordOf(ProverInput input) => new()
    {
        Context = new BatchContext(input.ChainId, input.Number, input.Time, 0), PreRoot = input.RootBefore, State = input.State, Source = input.Source,
        Items = [.. input.Forced.Select(static (item, i) => new ForcedItem((ulong)i, item.Sender, item.Data, item.Block) { TimestampSeconds = item.TimestampSeconds })],
    };

    private bool IsFit(ReadOnlyMemory<byte> source) => source.Length <= _rules.Limits.MaxBytes;

    private BatchPosting PostingOf(BatchRecord record)
    {
        PostedBatch posted = record.Posting;
        BatchPosting posting = new(posted.Kind, posted.IsWithheld, posted.Data, posted.Posted.Items, posted.Posted.Count, posted.Block, posted.BlockTime);
        return IsFit(record.Source) ? posting : posting with { Unfit = ((ulong)record.Source.Length, ChunkCommitment.Root(record.Source.Span)) };
    }

    // What is not in a row, the state says.
    private static bool IsRowOf(in Payment row, in Payment signed)
    {
        Payment bare = signed with { Nonce = 0, Signed = default, Sponsored = default, IsBare = true, KeySkip = row.KeySkip, SponsorSkip = row.SponsorSkip, Payload = row.Payload };
        return row == bare && row.Payload.Span.SequenceEqual(signed.Payload.Span);
    }
}
