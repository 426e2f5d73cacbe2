<?php
// Calls the service once with PHP's SoapClient. Reads {"wsdl", "location", "operation", "parameters"} as JSON from
// standard input; without "wsdl" it calls without one. Writes {"result"} or {"fault"}.
declare(strict_types=1);

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$options = ['cache_wsdl' => WSDL_CACHE_NONE, 'exceptions' => true] + ($given['options'] ?? []);
try {
    if (isset($given['wsdl'])) {
        $client = new SoapClient($given['wsdl'], $options);
        $result = $client->{$given['operation']}(...array_values($given['parameters']));
    } else {
        $client = new SoapClient(null, ['location' => $given['location'], 'uri' => 'uen:esws'] + $options);
        $parameters = [];
        foreach ($given['parameters'] as $name => $value) {
            $parameters[] = new SoapParam($value, $name);
        }
        $result = $client->__soapCall($given['operation'], $parameters);
    }
    echo json_encode(['result' => $result], JSON_THROW_ON_ERROR);
} catch (SoapFault $fault) {
    echo json_encode(['fault' => $fault->faultcode], JSON_THROW_ON_ERROR);
}
