namespace Prozchain.DataAvailability.Squares;

/// <summary>Whether shares are the one blob that was asked for, of the square that a header commits to.</summary>
public enum BlobCheck
{
    /// <summary>They are.</summary>
    Valid = 0,

    /// <summary>The header is not of a namespaced square with 512-byte cells.</summary>
    WrongTree = 1,

    /// <summary>The range does not lie in the data quadrant, or the proof has not one part for each row that it touches.</summary>
    WrongRange = 2,

    /// <summary>The shares are not one blob, or not as many as the range says.</summary>
    WrongShares = 3,

    /// <summary>The blob is of another namespace.</summary>
    WrongNamespace = 4,

    /// <summary>The blob has another commitment.</summary>
    WrongCommitment = 5,

    /// <summary>The shares do not stand there: a part of the proof does not lead to its row's root.</summary>
    BadProof = 6,
}
