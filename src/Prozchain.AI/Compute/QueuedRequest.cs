namespace Prozchain.AI.Compute;

/// <summary>An admitted request.</summary>
/// <param name="ticket">Its name and deadline.</param>
/// <param name="steps">Steps that it may still take.</param>
internal struct QueuedRequest(ComputeTicket ticket, int steps)
{
    public readonly ComputeTicket Ticket = ticket;
    public int Steps = steps;
    public bool IsInStep, HasRun, IsCancelled;

    /// <summary>Steps that must still fit before the deadline: once begun, a request may end earlier than it might.</summary>
    public readonly int StepsNeeded => HasRun ? 1 : Steps;
}
