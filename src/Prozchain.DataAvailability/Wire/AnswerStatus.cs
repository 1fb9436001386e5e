namespace Prozchain.DataAvailability.Wire;

/// <summary>How a server answered, on the wire.</summary>
internal enum AnswerStatus : byte
{
    Served = 0,
    Missing = 1,
    Busy = 2,
}
