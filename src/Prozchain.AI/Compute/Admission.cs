namespace Prozchain.AI.Compute;

/// <summary>The answer to a request for a slot.</summary>
/// <param name="Status">Whether there is a slot.</param>
/// <param name="Ticket">Names the request, when it was admitted.</param>
/// <param name="ExpectedEnd">
/// When the request would end by what is known now, on the host's clock; for <see cref="AdmissionStatus.WouldDelayOthers"/>, when the other would.
/// Zero where memory or the count refused it.
/// </param>
/// <param name="FreeMemory">Bytes that were free before the answer.</param>
public readonly record struct Admission(AdmissionStatus Status, ComputeTicket Ticket, TimeSpan ExpectedEnd, long FreeMemory);
