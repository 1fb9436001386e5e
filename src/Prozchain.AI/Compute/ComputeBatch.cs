namespace Prozchain.AI.Compute;

/// <summary>
/// Requests of one model that take their next step together. The scheduler's own, used again after
/// <see cref="ComputeScheduler.Finish"/>: nobody keeps it.
/// </summary>
public sealed class ComputeBatch
{
    private ComputeTicket[] _tickets = [];

    internal ComputeBatch()
    {
    }

    /// <summary>The model's number.</summary>
    public int Model { get; internal set; } = -1;

    /// <summary>Cores that are the batch's until it is finished.</summary>
    public int Cores { get; internal set; }

    /// <summary>Requests in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>The requests, the earliest deadline first.</summary>
    public ReadOnlySpan<ComputeTicket> Tickets => _tickets.AsSpan(0, Count);

    internal TimeSpan StartedAt { get; set; }

    /// <summary>Ticks that it was charged for when it began; the model's speed may be known better at its end.</summary>
    internal double Foreseen { get; set; }

    /// <summary>One request alone finds out how fast its model is.</summary>
    internal bool IsProbe { get; set; }

    internal bool IsRunning => Model >= 0;

    internal void Add(ComputeTicket ticket)
    {
        if (Count == _tickets.Length) Array.Resize(ref _tickets, Math.Max(16, 2 * Count));
        _tickets[Count++] = ticket;
    }

    internal void Clear() => (Model, Count, IsProbe) = (-1, 0, false);
}
