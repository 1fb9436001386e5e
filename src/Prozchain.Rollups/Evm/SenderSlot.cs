namespace Prozchain.Rollups.Evm;

/// <summary>A call and the nonce that it has for good, with every transaction that was signed for it.</summary>
internal sealed class SenderSlot(L1Call call, ulong nonce)
{
    public L1Call Call { get; private set; } = call;

    public ulong Nonce { get; } = nonce;

    /// <summary>Oldest first; any of them may end up in a block. Empty once the call has ended.</summary>
    public List<SignedL1Transaction> Attempts { get; } = [];

    public SendStatus Status { get; set; } = SendStatus.Sent;

    public L1Receipt? Receipt { get; set; }

    /// <summary>Number of the newest block when the last attempt was sent; null if that was before a restart.</summary>
    public ulong? SentAt { get; set; }

    /// <summary>What the node said to the last attempt.</summary>
    public SendOutcome Outcome { get; set; } = SendOutcome.Unknown;

    /// <summary>The node's words for a refusal.</summary>
    public string Fault { get; set; } = "";

    /// <summary>Since which block the account's nonce is above this one without a receipt.</summary>
    public ulong? GoneSince { get; set; }

    public bool IsFinal => Status >= SendStatus.Confirmed;

    /// <summary>Ends the call and lets go of its data, which may be large.</summary>
    public void End(SendStatus status)
    {
        Status = status;
        Attempts.Clear();
        Call = Call with { Data = default, Sidecar = null };
    }

    public L1Fees LastFees => new(Attempts[^1].Body.MaxPriorityFee, Attempts[^1].Body.MaxFee);
}
