using System.Security;
using Prozchain.Testing;

namespace Prozchain.Repo.Tests.Documents;

/// <summary>
/// Makes one console project of each C# block of a README, against the libraries that these tests were built with,
/// builds them all at once and runs each.
/// </summary>
internal sealed class Snippets(string name)
{
    private readonly string _folder = Path.Combine(RepositoryRoot.Path, "artifacts", "snippets", name);
    private readonly List<string> _ids = [];

    /// <summary>A snippet's identifier in messages: the README's folder and the block's number.</summary>
    public IReadOnlyList<string> Ids => _ids;

    public void Add(string id, string code, IEnumerable<string> libraries)
    {
        _ids.Add(id);
        Write($"{id}/Program.cs", code + "\n");
        string references = string.Concat(libraries.Select(library =>
            $"    <Reference Include=\"{library}\" HintPath=\"{SecurityElement.Escape(Path.Combine(AppContext.BaseDirectory, library + ".dll"))}\" />\n"));
        Write($"{id}/{id}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <AssemblyName>{id}</AssemblyName>
                <RootNamespace>Snippet</RootNamespace>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
            {references}  </ItemGroup>
            </Project>

            """);
    }

    /// <summary>Builds all snippets in one build.</summary>
    public ChildResult Build()
    {
        // Files of these names stop the search upwards: a snippet is what a user has, not a part of this house.
        foreach (string stop in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"]) Write(stop, "<Project />\n");
        string projects = string.Concat(_ids.Select(id => $"    <Snippet Include=\"{id}/{id}.csproj\" />\n"));
        Write("Snippets.proj", $"""
            <Project DefaultTargets="Build">
              <ItemGroup>
            {projects}  </ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(Snippet)" Targets="Restore" BuildInParallel="true" /></Target>
              <Target Name="Build"><MSBuild Projects="@(Snippet)" Targets="Build" BuildInParallel="true" /></Target>
            </Project>

            """);
        return Dotnet.Run(TimeSpan.FromMinutes(3), "build", Path.Combine(_folder, "Snippets.proj"), "-nologo", "-v", "q");
    }

    /// <summary>Runs one built snippet to its end.</summary>
    public ChildResult Run(string id) =>
        Dotnet.Run(TimeSpan.FromMinutes(1), Path.Combine(_folder, id, "bin", "Debug", "net10.0", id + ".dll"));

    // A file that has not changed is not touched, so that a second run builds nothing.
    private void Write(string file, string text)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path) || File.ReadAllText(path) != text) File.WriteAllText(path, text);
    }
}
