namespace Prozchain.Rollups.Settlement;

/// <summary>How far an assertion has come. It only ever moves on: never back, and never from Final or Rejected.</summary>
public enum AssertionStatus
{
    /// <summary>Made, and not challenged so far.</summary>
    Proposed,

    /// <summary>Challenged at least once, and not rejected so far.</summary>
    Challenged,

    /// <summary>Settled for ever; so is every assertion below it.</summary>
    Final,

    /// <summary>Lost a dispute, or built upon one that did.</summary>
    Rejected,
}
