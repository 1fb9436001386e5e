namespace Prozchain.AI.Compute;

/// <summary>An admitted request.</summary>
/// <param name="ticket">Its name and deadline.</param>
/// <param name="steps">Steps that it may still take.</param>
/// <param name="memory">Bytes that are its own until its end.</param>
internal struct QueuedRequest(ComputeTicket ticket, int steps, long memory)
{
    public readonly ComputeTicket Ticket = ticket;
    public readonly long Memory = memory;
    public int Steps = steps;
    public bool IsInStep, HasRun, IsCancelled;

    /// <summary>It was admitted to find out how fast its model is.</summary>
    public bool IsProbe;

    /// <summary>Steps that must still fit before the deadline: once begun, a request may end earlier than it might.</summary>
    public readonly int StepsNeeded => HasRun ? 1 : Steps;
}
