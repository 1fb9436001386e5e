namespace Prozchain.AI.Compute;

/// <summary>The batch that a worker runs, outside the pool's lock.</summary>
internal sealed class WorkerRun
{
    private readonly List<ComputeRequest> _requests = [];
    private object[] _items = [];
    private bool[] _ended = [];
    private bool _isBroken;

    public List<ComputeRequest> Late { get; } = [];

    public Span<bool> Ended => _ended.AsSpan(0, _requests.Count);

    public void Take(ComputeBatch batch, Dictionary<long, ComputeRequest> requests, TimeSpan now)
    {
        if (_items.Length < batch.Count) (_items, _ended) = (new object[2 * batch.Count], new bool[2 * batch.Count]);
        foreach (ComputeTicket ticket in batch.Tickets)
        {
            ComputeRequest request = requests[ticket.Id];
            request.StartedAt ??= now;
            request.IsInStep = true;
            _items[_requests.Count] = request.Item!;
            _requests.Add(request);
        }
        Ended.Clear();
    }

    /// <summary>Takes the step; a fault ends every request of the batch.</summary>
    public Exception? Step(IBatchRunner runner, CancellationToken cancellation)
    {
        try
        {
            runner.Step(_items.AsSpan(0, _requests.Count), Ended, cancellation);
            return null;
        }
        // The pool closes in the middle of the step: nobody's fault.
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _isBroken = true;
            Ended.Fill(true);
            return null;
        }
        // Whatever it is, it is the callers' to see; the worker goes on.
        catch (Exception e)
        {
            Ended.Fill(true);
            return e;
        }
    }

    /// <summary>After the scheduler knows: forgets what ended. A pool that closes ends the others too.</summary>
    public void Leave(Dictionary<long, ComputeRequest> requests, ComputeScheduler? closing)
    {
        int kept = 0;
        for (int i = 0; i < _requests.Count; i++)
        {
            ComputeRequest request = _requests[i];
            request.IsInStep = false;
            bool ends = _ended[i] || closing?.Cancel(request.Admission.Ticket) == CancelStatus.Released;
            if (!ends) continue;
            requests.Remove(request.Admission.Ticket.Id);
            (_requests[kept], _ended[kept]) = (request, _ended[i]);
            kept++;
        }
        _requests.RemoveRange(kept, _requests.Count - kept);
    }

    public void End(Exception? fault, TimeSpan now)
    {
        for (int i = 0; i < _requests.Count; i++)
        {
            if (fault is not null) _requests[i].Fail(fault);
            else _requests[i].End(_ended[i] && !_isBroken ? ComputeStatus.Done : ComputeStatus.Closed, now);
        }
        _isBroken = false;
        _requests.Clear();
        Array.Clear(_items);
    }

    public void EndLate(TimeSpan now)
    {
        foreach (ComputeRequest request in Late) request.End(ComputeStatus.Late, now);
        Late.Clear();
    }
}
