namespace Prozchain.Rollups.Evm;

/// <summary>
/// Gets calls into blocks, each once: the pure part. It sees what a node says and answers with what to do; no clock, no
/// network, no key. A call keeps the nonce it got, so of all transactions signed for it at most one takes effect. Not thread-safe.
/// </summary>
internal sealed class SenderMachine(SenderOptions options)
{
    private readonly SortedDictionary<ulong, SenderSlot> _open = [];
    private readonly Queue<L1Call> _waiting = new();
    private readonly HashSet<Digest32> _waitingIds = [];
    private readonly Dictionary<Digest32, SenderSlot> _slots = [];
    private ulong _nextNonce;

    /// <summary>Transactions whose receipts the next observation should tell.</summary>
    public IReadOnlyList<Digest32> Watched => [.. _open.Values.SelectMany(slot => slot.Attempts).Select(attempt => attempt.Hash)];

    public SenderSlot? Find(Digest32 id) => _slots.GetValueOrDefault(id);

    public SendStatus? StatusOf(Digest32 id) => _slots.TryGetValue(id, out SenderSlot? slot) ? slot.Status : _waitingIds.Contains(id) ? SendStatus.Waiting : null;

    /// <summary>Takes a call; one whose id is known is the one that is known.</summary>
    public void Submit(L1Call call)
    {
        if (_slots.ContainsKey(call.Id) || !_waitingIds.Add(call.Id)) return;
        _waiting.Enqueue(call);
    }

    /// <summary>Takes a transaction that was signed before a restart.</summary>
    public void Restore(Digest32 id, SignedL1Transaction signed, L1BlobSidecar? sidecar = null)
    {
        L1Transaction body = signed.Body;
        if (!_slots.ContainsKey(id)) Open(new L1Call(id, body.To, body.Value, body.Data, body.GasLimit) { Sidecar = sidecar }, body.Nonce);
        _slots[id].Attempts.Add(signed);
    }

    /// <summary>Takes what a call had come to before a restart.</summary>
    public void Restore(Digest32 id, ulong nonce, SendStatus status)
    {
        if (!_slots.TryGetValue(id, out SenderSlot? slot)) slot = Open(new L1Call(id, null, 0, default, 0), nonce);
        End(slot, status);
    }

    public bool IsFinal(Digest32 id) => _slots.TryGetValue(id, out SenderSlot? slot) && slot.IsFinal;

    /// <summary>A transaction was signed and written down, and is about to be sent.</summary>
    public void Signed(ulong nonce, SignedL1Transaction signed)
    {
        _open[nonce].Attempts.Add(signed);
        _open[nonce].Outcome = SendOutcome.Unknown;
    }

    /// <summary>What a node said to the last transaction of a nonce.</summary>
    public void Answered(ulong nonce, SendOutcome outcome, string fault)
    {
        if (!_open.TryGetValue(nonce, out SenderSlot? slot)) return;
        (slot.Outcome, slot.Fault) = (outcome, fault);
    }

    /// <summary>Takes what a node says, and answers with what to do and which calls have ended.</summary>
    public (IReadOnlyList<SenderAction> Actions, IReadOnlyList<SenderSlot> Ended) Observe(in SenderObservation seen)
    {
        var actions = new List<SenderAction>();
        var ended = new List<SenderSlot>();
        L1Fees? suggested = options.Suggest(seen.BaseFee, seen.Tip);
        foreach (SenderSlot slot in _open.Values.ToArray())
        {
            if (!TryFollow(slot, seen)) continue;
            if (slot.IsFinal) ended.Add(slot);
            else if (slot.Status == SendStatus.Sent && slot.GoneSince is null && Next(slot, seen.Head, suggested) is { } action) actions.Add(action);
        }
        while (suggested is { } fees && _waiting.Count > 0 && _open.Values.Count(slot => slot.Status == SendStatus.Sent) < (options.CanReplace ? options.MaxInFlight : 1))
        {
            L1Call call = _waiting.Dequeue();
            _waitingIds.Remove(call.Id);
            SenderSlot slot = Open(call, Math.Max(_nextNonce, seen.Nonce));
            slot.SentAt = seen.Head;
            actions.Add(new SenderAction(slot.Nonce, call, fees, null));
        }
        return (actions, ended);
    }

    // False when the node did not say enough to judge.
    private bool TryFollow(SenderSlot slot, in SenderObservation seen)
    {
        L1Receipt? receipt = null;
        bool isTold = true;
        foreach (SignedL1Transaction attempt in slot.Attempts)
        {
            isTold &= seen.Receipts.TryGetValue(attempt.Hash, out L1Receipt? found);
            receipt ??= found;
        }
        if (receipt is not null)
        {
            (slot.Receipt, slot.Status, slot.GoneSince) = (receipt, SendStatus.Mined, null);
            if (IsDeep(receipt.BlockNumber, seen.Head)) End(slot, Judge(slot.Call, receipt));
            return true;
        }
        if (!isTold) return false;
        // In a block no more: a reorganisation took it out, and its pool may have forgotten it.
        if (slot.Status == SendStatus.Mined) (slot.Status, slot.Receipt, slot.Outcome) = (SendStatus.Sent, null, SendOutcome.Unknown);
        // Not at first sight: a node may count a transaction a moment before it shows the receipt.
        ulong? since = slot.GoneSince;
        slot.GoneSince = seen.Nonce > slot.Nonce ? since ?? seen.Head : null;
        if (since is { } first && slot.GoneSince is not null && IsDeep(first, seen.Head)) End(slot, SendStatus.Superseded);
        return true;
    }

    private SenderAction? Next(SenderSlot slot, ulong head, L1Fees? suggested)
    {
        bool isStuck = head >= slot.SentAt + options.StuckAfterBlocks;
        bool isTooCheap = slot.Outcome == SendOutcome.Underpriced || (isStuck && options.CanReplace && slot.Outcome is (SendOutcome.Accepted or SendOutcome.Unknown));
        L1Fees? fees = slot.Attempts.Count == 0 ? suggested : null;
        if (slot.Attempts.Count > 0 && suggested is { } now && isTooCheap) fees = options.Bump(slot.LastFees, now, slot.Call.Sidecar is not null);
        if (fees is null && (slot.Attempts.Count == 0 || !(isStuck || slot.Outcome == SendOutcome.Unknown))) return null;
        slot.SentAt = head;
        return new SenderAction(slot.Nonce, slot.Call, fees, fees is null ? slot.Attempts[^1] : null);
    }

    private bool IsDeep(ulong block, ulong head) => head + 1 >= block + options.Confirmations;

    private static SendStatus Judge(L1Call call, L1Receipt receipt) =>
        receipt.Succeeded ? SendStatus.Confirmed
        // A call within keeps a 64th back, so that what is used may be a little below the limit.
        : receipt.GasUsed >= call.GasLimit - call.GasLimit / 64 ? SendStatus.OutOfGas : SendStatus.Reverted;

    private SenderSlot Open(L1Call call, ulong nonce)
    {
        var slot = new SenderSlot(call, nonce);
        _slots.Add(call.Id, slot);
        _open.Add(nonce, slot);
        _nextNonce = Math.Max(_nextNonce, nonce + 1);
        return slot;
    }

    private void End(SenderSlot slot, SendStatus status)
    {
        slot.End(status);
        _open.Remove(slot.Nonce);
    }
}
