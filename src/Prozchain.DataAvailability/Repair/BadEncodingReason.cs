namespace Prozchain.DataAvailability.Repair;

/// <summary>How a square's roots contradict the code or each other.</summary>
public enum BadEncodingReason
{
    /// <summary>The codeword through k committed cells of the line is not what the line's root commits to.</summary>
    NotACodeword = 0,

    /// <summary>Row root and column root commit to different contents of one cell.</summary>
    ConflictingRoots = 1,

    /// <summary>The codeword through k committed cells of the line is one that the tree refuses: its namespaces are out of order.</summary>
    Unacceptable = 2,
}
