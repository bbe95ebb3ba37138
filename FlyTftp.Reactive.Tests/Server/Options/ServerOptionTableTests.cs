using FlyTftp.Reactive.Server.Options;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Options;

public sealed class ServerOptionTableTests
{
    [Test]
    public void Names_are_distinct_and_become_variables()
    {
        Assert.That(ServerOptionTable.All.Select(static option => option.Name), Is.Unique);
        Assert.That(ServerOptionTable.All.Select(static option => option.Name), Is.All.Match("^--[a-z]+(-[a-z]+)*$"));
        Assert.That(ServerOptionTable.All.Single(static option => option.Name == "--blksize-max").EnvironmentName, Is.EqualTo("FLYTFTP_BLKSIZE_MAX"));
    }

    [Test]
    public void Every_default_that_is_a_value_is_an_allowed_one()
    {
        foreach (var option in ServerOptionTable.All.Where(static option => int.TryParse(option.Default, out _)))
            Assert.That(option.Read(ServerOptions.Default, option.Default, true).Options, Is.EqualTo(ServerOptions.Default), option.Name);
    }

    [Test]
    public void Help_is_a_sentence_without_its_full_stop() =>
        Assert.That(ServerOptionTable.All.Select(static option => option.Help), Is.All.Match("^[A-Z].*[^.]$"));
}
