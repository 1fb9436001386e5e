namespace Prozchain.AI.Formats;

/// <summary>One file of a model that is spread over several.</summary>
/// <param name="Name">Name of the file, without a folder.</param>
/// <param name="Offset">Its first byte when the files are taken as one.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct ModelShard(string Name, long Offset, long Length);
