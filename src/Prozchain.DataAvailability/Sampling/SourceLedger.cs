namespace Prozchain.DataAvailability.Sampling;

/// <summary>Which source to ask next, and what each has done.</summary>
internal sealed class SourceLedger(int count)
{
    private readonly int[] _accepted = new int[count], _missing = new int[count], _unanswered = new int[count], _inFlight = new int[count];
    private readonly SampleFault?[] _faults = new SampleFault?[count];
    private int _turn;

    public SourceRecord[] Records =>
        [.. _faults.Select((fault, source) => new SourceRecord(_accepted[source], _missing[source], _unanswered[source], fault))];

    /// <summary>True if a source is left that was not asked for this sample and has sent nothing wrong.</summary>
    public bool CanAsk(SampleRequest request)
    {
        for (int source = 0; source < count; source++)
            if (IsOpen(request, source)) return true;
        return false;
    }

    /// <summary>The source with the fewest requests in flight and failures, in turns; marked as asked.</summary>
    public int Choose(SampleRequest request)
    {
        int best = -1;
        for (int step = 0; step < count; step++)
        {
            int source = (_turn + step) % count;
            if (IsOpen(request, source) && (best < 0 || Load(source) < Load(best))) best = source;
        }
        _turn = (best + 1) % count;
        _inFlight[best]++;
        request.MarkAsked(best);
        return best;
    }

    public void Record(SampleReport report, ReadOnlySpan<byte> answer)
    {
        int source = report.Source;
        _inFlight[source]--;
        switch (report.Outcome)
        {
            case SampleOutcome.Accepted: _accepted[source]++; break;
            case SampleOutcome.Missing: _missing[source]++; break;
            case SampleOutcome.Failed or SampleOutcome.TimedOut or SampleOutcome.Busy: _unanswered[source]++; break;
            case SampleOutcome.NotACodeword: break;   // the producer's fault
            default: _faults[source] ??= SampleFault.Of(report, answer); break;
        }
    }

    private bool IsOpen(SampleRequest request, int source) => !request.WasAsked(source) && _faults[source] is null;

    private int Load(int source) => _inFlight[source] + _missing[source] + _unanswered[source];
}
