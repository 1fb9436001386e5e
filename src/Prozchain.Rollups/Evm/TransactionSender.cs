using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// Gets calls into blocks of an EVM chain, each once, whatever nodes, networks and restarts do: asks a node, lets
/// <see cref="SenderMachine"/> decide, signs, writes down, sends. One sender to a key. Not thread-safe.
/// </summary>
internal sealed class TransactionSender
{
    // No signed transaction is as short as the record of an ending.
    private const int MaxEnding = 48;

    private readonly L1Client _client;
    private readonly IL1Signer _signer;
    private readonly ITransactionJournal _journal;
    private readonly ulong _chainId;
    private readonly SenderMachine _machine;
    private readonly SenderOptions _options;
    private readonly Func<IReadOnlyList<ReadOnlyMemory<byte>>, L1BlobSidecar>? _seal;
    private bool _isChainKnown;

    /// <summary>Takes up where the journal ends; blobs that it holds are committed to again.</summary>
    public TransactionSender(
        L1Client client, IL1Signer signer, ITransactionJournal journal, ulong chainId, SenderOptions options, Func<IReadOnlyList<ReadOnlyMemory<byte>>, L1BlobSidecar>? seal = null)
    {
        (_client, _signer, _journal, _chainId, _machine, _options, _seal) = (client, signer, journal, chainId, new SenderMachine(options), options, seal);
        Address = L1Address.FromPublicKey(signer.PublicKey.Span);
        IReadOnlyList<ReadOnlyMemory<byte>> records = journal.ReadAll();
        foreach (ReadOnlyMemory<byte> record in records) Restore(record.Span);
        // Of a call that has ended, its name and nonce are enough.
        ReadOnlyMemory<byte>[] needed = [.. records.Where(record => record.Length <= MaxEnding || !_machine.IsFinal(new Digest32(IdOf(record.Span))))];
        if (needed.Length < records.Count) journal.Rewrite(needed);
    }

    public L1Address Address { get; }

    /// <summary>Takes a call; one whose id is known, from before a restart too, is the one that is known.</summary>
    public void Submit(L1Call call) => _machine.Submit(call);

    /// <summary>How far a call has come; null for an unknown id.</summary>
    public SendStatus? StatusOf(Digest32 id) => _machine.StatusOf(id);

    /// <summary>The call's nonce, transactions, receipt and last fault; null before it has a nonce.</summary>
    public SenderSlot? Find(Digest32 id) => _machine.Find(id);

    /// <summary>Runs rounds until cancelled.</summary>
    public async Task RunAsync(TimeProvider time, TimeSpan interval, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, time);
        do await PollAsync(cancellation).ConfigureAwait(false);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
    }

    /// <summary>One round: looks, and does what is to do.</summary>
    public async Task<PollResult> PollAsync(CancellationToken cancellation)
    {
        if (!_isChainKnown)
        {
            L1Answer<ulong?> chain = await _client.GetChainIdAsync(cancellation).ConfigureAwait(false);
            if (chain.Value is not { } id) return PollResult.NoAnswer;
            if (id != _chainId) return PollResult.WrongChain;
            _isChainKnown = true;
        }
        if (await ObserveAsync(cancellation).ConfigureAwait(false) is not { } seen) return PollResult.NoAnswer;
        (IReadOnlyList<SenderAction> actions, IReadOnlyList<SenderSlot> ended) = _machine.Observe(seen);
        foreach (SenderSlot slot in ended) _journal.Append(new RlpWriter().WriteList(list => list.Write(slot.Call.Id.Span).Write((UInt128)(int)slot.Status).Write(slot.Nonce)).Written);
        foreach (SenderAction action in actions) await DoAsync(action, cancellation).ConfigureAwait(false);
        return PollResult.Ok;
    }

    // Receipts last: what a nonce says is mined has its receipt by then.
    private async ValueTask<SenderObservation?> ObserveAsync(CancellationToken cancellation)
    {
        L1Answer<L1Block?> head = await _client.GetBlockAsync(L1Client.Latest, cancellation).ConfigureAwait(false);
        L1Answer<(UInt128 BaseFee, UInt128 Tip)?> fees = await _client.GetFeesAsync(cancellation).ConfigureAwait(false);
        L1Answer<ulong?> nonce = await _client.GetNonceAsync(Address, L1Client.Latest, cancellation).ConfigureAwait(false);
        if (head.Value is not { } block || fees.Value is not { } price || nonce.Value is not { } count) return null;
        IReadOnlyList<Digest32> watched = _machine.Watched;
        L1Answer<L1Receipt>[] receipts = await _client.GetReceiptsAsync(watched, cancellation).ConfigureAwait(false);
        var told = new Dictionary<Digest32, L1Receipt?>();
        for (int i = 0; i < receipts.Length; i++)
            if (receipts[i].IsOk && (receipts[i].Value is null || receipts[i].Value!.TransactionHash == watched[i])) told[watched[i]] = receipts[i].Value;
        return new SenderObservation(block.Number, count, price.BaseFee, price.Tip, told);
    }

    private async ValueTask DoAsync(SenderAction action, CancellationToken cancellation)
    {
        SignedL1Transaction? transaction = action.Resend;
        if (action.Fees is { } fees)
        {
            L1Call call = action.Call;
            int attempts = _machine.Find(call.Id)?.Attempts.Count ?? 0;
            L1Blobs? blobs = call.Sidecar is { } sidecar ? new L1Blobs(_options.MaxBlobFee >> Math.Max(0, 3 - attempts), sidecar.Hashes()) : null;
            transaction = await new L1Transaction(_chainId, action.Nonce, fees.MaxPriorityFee, fees.MaxFee, call.GasLimit, call.To, call.Value, call.Data) { Blobs = blobs }
                .SignAsync(_signer, cancellation).ConfigureAwait(false);
            // Written down before anyone sees it: after a crash this one is resent, never another under another nonce.
            SignedL1Transaction signed = transaction;
            _journal.Append(new RlpWriter().WriteList(list => Write(list, call, signed, attempts == 0)).Written);
            _machine.Signed(action.Nonce, transaction);
            RollupInstruments.Attempts.Add(1);
        }
        ReadOnlyMemory<byte> raw = action.Call.Sidecar is { } beside ? transaction!.WithSidecar(beside) : transaction!.Raw;
        (SendOutcome outcome, string fault) = await _client.SendAsync(raw, cancellation).ConfigureAwait(false);
        _machine.Answered(action.Nonce, outcome, fault);
    }

    // Blobs are with the first transaction of a call; all others have the same.
    private static void Write(RlpWriter list, L1Call call, SignedL1Transaction signed, bool isFirst)
    {
        list.Write(call.Id.Span).Write(signed.Raw.Span);
        if (!isFirst || call.Sidecar is not { } sidecar) return;
        foreach (ReadOnlyMemory<byte> blob in sidecar.Blobs) list.Write(blob.Span);
    }

    private void Restore(ReadOnlySpan<byte> record)
    {
        var reader = new RlpReader(record);
        if (!reader.TryReadList(out RlpReader fields) || !reader.IsAtEnd || !fields.TryReadBytes(out ReadOnlySpan<byte> bytes) || bytes.Length != Digest32.Size
            || !fields.TryReadBytes(out ReadOnlySpan<byte> rest)) throw new InvalidDataException("The journal holds what no sender wrote.");
        var id = new Digest32(bytes);
        if (rest.Length == 1)
        {
            var status = (SendStatus)rest[0];
            if (status is < SendStatus.Confirmed or > SendStatus.Superseded || !fields.TryReadInteger(out ulong nonce)) throw new InvalidDataException("The journal holds what no sender wrote.");
            _machine.Restore(id, nonce, status);
            return;
        }
        if (!L1Transaction.TryRead(rest, out SignedL1Transaction? signed) || signed!.Sender != Address || signed.Body.ChainId != _chainId)
            throw new InvalidDataException("The journal belongs to another key or chain.");
        var blobs = new List<ReadOnlyMemory<byte>>();
        while (!fields.IsAtEnd)
        {
            if (!fields.TryReadBytes(out ReadOnlySpan<byte> blob) || blob.Length != L1BlobSidecar.BlobSize) throw new InvalidDataException("The journal holds what no sender wrote.");
            blobs.Add(blob.ToArray());
        }
        if (blobs.Count > 0 && _seal is null) throw new InvalidDataException("The journal holds blobs, for which there is no committer.");
        _machine.Restore(id, signed, blobs.Count == 0 || _machine.Find(id) is not null ? null : _seal!(blobs));
    }

    private static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> record)
    {
        var reader = new RlpReader(record);
        reader.TryReadList(out RlpReader fields);
        fields.TryReadBytes(out ReadOnlySpan<byte> id);
        return id;
    }
}
