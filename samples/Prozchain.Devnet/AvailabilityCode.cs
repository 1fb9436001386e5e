namespace Prozchain.Devnet;

/// <summary>How a batch is made available: --da.</summary>
internal enum AvailabilityCode
{
    /// <summary>An extended square, with repair by rows and columns.</summary>
    Square,

    /// <summary>A row code, whose rows are each checked against the encoding.</summary>
    Rows,
}
