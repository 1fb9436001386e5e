namespace Prozchain.Testing;

/// <summary>A randomised test failed; the message says how to see the same failure again.</summary>
public sealed class ReplayableException : Exception
{
    /// <summary>A failure without particulars.</summary>
    public ReplayableException()
    {
    }

    /// <summary>A failure with its replay token in the message.</summary>
    public ReplayableException(string message) : base(message)
    {
    }

    /// <summary>A failure with its replay token in the message, and what failed.</summary>
    public ReplayableException(string message, Exception inner) : base(message, inner)
    {
    }
}
