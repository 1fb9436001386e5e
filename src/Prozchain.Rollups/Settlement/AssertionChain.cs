using Prozchain.Rollups.Disputes;
using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>All assertions ever made, and the one line of them, one per batch, that is not rejected.</summary>
internal sealed class AssertionChain(Digest32 genesisRoot)
{
    private readonly List<Assertion> _all = [];
    private readonly List<Assertion> _line = [];

    /// <summary>Number of assertions on the line, which is the batch to assert next.</summary>
    public int LineLength => _line.Count;

    /// <summary>Number of final assertions, which are the first of the line.</summary>
    public int FinalCount { get; private set; }

    public Digest32 TipRoot => _line.Count == 0 ? genesisRoot : _line[^1].PostRoot;

    public Digest32 FinalRoot => FinalCount == 0 ? genesisRoot : _line[FinalCount - 1].PostRoot;

    public Assertion? Find(long id) => id >= 0 && id < _all.Count ? _all[(int)id] : null;

    public Assertion? OnLine(long batch) => batch >= 0 && batch < _line.Count ? _line[(int)batch] : null;

    /// <summary>The next to become final, unless a dispute is going on about it.</summary>
    public Assertion? NextFinal => FinalCount < _line.Count && _line[FinalCount].OpenDisputes == 0 ? _line[FinalCount] : null;

    /// <summary>Says why the assertion does not continue the line.</summary>
    public SettlementResult Check(AssertCall call, in BatchPosting posting)
    {
        if (call.TransferCount != posting.TransferCount) return SettlementResult.WrongCount;
        if (call.PreRoot != TipRoot) return SettlementResult.WrongPreRoot;
        bool fits = call.TransferCount == 0
            ? call.LastProof.IsEmpty && call.PostRoot == call.PreRoot && call.TraceCommitment.Value.Equals(TraceHash.Empty)
            : BatchTrace.VerifyOpening(call.TraceCommitment, call.TransferCount, call.TransferCount, call.PostRoot, call.LastProof.Span);
        return fits ? SettlementResult.Accepted : SettlementResult.WrongTrace;
    }

    public Assertion Add(AssertCall call, in AccountAddress asserter, long height, long deadline)
    {
        var assertion = new Assertion(_all.Count, call, asserter, height, deadline);
        _all.Add(assertion);
        _line.Add(assertion);
        return assertion;
    }

    public void MakeFinal(Assertion assertion)
    {
        assertion.Status = AssertionStatus.Final;
        FinalCount++;
    }

    /// <summary>Keeps an assertion and all above it open to challenges for longer.</summary>
    public void ExtendFrom(Assertion assertion, long deadline)
    {
        for (int i = (int)assertion.BatchIndex; i < _line.Count; i++) _line[i].Deadline = Math.Max(_line[i].Deadline, deadline);
    }

    /// <summary>Takes an assertion and all above it off the line; the lowest first.</summary>
    public Assertion[] Reject(Assertion assertion)
    {
        int from = (int)assertion.BatchIndex;
        Assertion[] rejected = [.. _line[from..]];
        foreach (Assertion each in rejected) each.Status = AssertionStatus.Rejected;
        _line.RemoveRange(from, _line.Count - from);
        return rejected;
    }

    public void Write(WireWriter writer)
    {
        writer.WriteUInt64((ulong)FinalCount);
        writer.WriteUInt64((ulong)_line.Count);
        foreach (Assertion assertion in _all) assertion.Write(writer);
    }
}
