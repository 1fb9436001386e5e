using System.Globalization;
using Prozchain.AI.Formats;

namespace Prozchain.Devnet.Workloads;

/// <summary>The model that a run was told of: a file, the folder or index of a sharded one, or one that is made while it is read.</summary>
internal static class ModelSource
{
    private const int MostName = 100;

    /// <summary>Opens it. The reader closes what was opened.</summary>
    /// <exception cref="RunUnusableException">It cannot be read, is empty, or is not what its format says.</exception>
    public static async Task<IModelReader> OpenAsync(DevnetOptions options, CancellationToken cancellationToken)
    {
        string model = options.Model!;
        ModelOpening opening;
        try
        {
            opening = options.SyntheticBytes is { } bytes
                ? await ModelFiles.OpenAsync(new SyntheticModel(bytes, options.Seed), cancellationToken).ConfigureAwait(false)
                : await ModelFiles.OpenAsync(model, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunUnusableException($"Cannot read the model '{model}': {e.Message}");
        }
        if (opening.Reader is null)
            throw new RunUnusableException(string.Create(CultureInfo.InvariantCulture, $"Cannot read the model '{model}': it is no well-formed {opening.Format}: {opening.Fault} near byte {opening.ErrorOffset}{(opening.Subject is null ? "" : $" of '{opening.Subject}'")}."));
        if (opening.Reader.Length > 0) return opening.Reader;
        opening.Reader.Dispose();
        throw new RunUnusableException($"Cannot store the model '{model}': it is empty.");
    }

    /// <summary>Its name in a registry's characters: parts of a-z, 0-9, '.', '_' and '-', a letter or digit at each end.</summary>
    public static string NameOf(DevnetOptions options)
    {
        string name = options.SyntheticBytes is not null ? options.Model!.Replace(':', '-') : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Model!)));
        string word = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-').Take(MostName)]).Trim('.', '_', '-');
        return word.Length == 0 ? "model" : word;
    }
}
