namespace Prozchain.DataAvailability.Slivers;

/// <summary>Whether a sliver or symbol is the one that a header commits to.</summary>
public enum SliverCheck
{
    /// <summary>It is.</summary>
    Valid = 0,

    /// <summary>Its row or column is not below n.</summary>
    OutsideBlob = 1,

    /// <summary>It has not the size that the header's shape asks for.</summary>
    WrongSize = 2,

    /// <summary>The root is not that of the header.</summary>
    BadRoot = 3,
}
