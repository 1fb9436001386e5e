namespace Prozchain.DataAvailability.Repair;

/// <summary>What a proof of bad encoding is worth.</summary>
public enum BadEncodingCheck
{
    /// <summary>The square is badly encoded.</summary>
    Proven = 0,

    /// <summary>The cells are not those that such a proof needs: their number, their places or their order.</summary>
    WrongCells = 1,

    /// <summary>A cell is not one that the header commits to.</summary>
    BadShare = 2,

    /// <summary>The cells contradict nothing.</summary>
    NoContradiction = 3,
}
