namespace Prozchain.AI.Compute;

/// <summary>How a request ended.</summary>
public enum ComputeStatus
{
    /// <summary>It took its steps.</summary>
    Done,

    /// <summary>It was not admitted: see <see cref="ComputeOutcome.Admission"/>.</summary>
    Refused,

    /// <summary>It was admitted, but when its turn came it could no longer end in time: it was not run, or not to its end.</summary>
    Late,

    /// <summary>The pool closed before its turn came.</summary>
    Closed,
}
