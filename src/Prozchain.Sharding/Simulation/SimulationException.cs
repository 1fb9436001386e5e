namespace Prozchain.Sharding.Simulation;

/// <summary>An invariant of a simulated world was violated, or a node in it threw.</summary>
public sealed class SimulationException : Exception
{
    /// <summary>Without particulars.</summary>
    public SimulationException()
    {
    }

    /// <summary>With words only.</summary>
    public SimulationException(string message) : base(message)
    {
    }

    /// <summary>With words and a cause.</summary>
    public SimulationException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    /// <summary>With all particulars.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="innerException">What a node threw, if it did.</param>
    public SimulationException(SimulationFailure failure, Exception? innerException = null) : base(failure?.ToString(), innerException) => Failure = failure;

    /// <summary>What went wrong and how to see it again.</summary>
    public SimulationFailure? Failure { get; }
}
