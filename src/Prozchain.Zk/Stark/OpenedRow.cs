namespace Prozchain.Zk.Stark;

/// <summary>The values of all columns of a table at a point and at the point of the next row, as they were opened.</summary>
/// <typeparam name="TExtension">The challenge field.</typeparam>
internal readonly ref struct OpenedRow<TExtension> where TExtension : struct
{
    public required ReadOnlySpan<TExtension> Local { get; init; }

    public required ReadOnlySpan<TExtension> Next { get; init; }

    public ReadOnlySpan<TExtension> Preprocessed { get; init; }

    public ReadOnlySpan<TExtension> PreprocessedNext { get; init; }

    /// <summary>The base columns of the lookups: Degree for each column over the extension.</summary>
    public ReadOnlySpan<TExtension> Lookup { get; init; }

    public ReadOnlySpan<TExtension> LookupNext { get; init; }
}
